// A client of an endpoint: the AWS SDK for Go v2, which terraform's AWS provider is made with. Each line of its input asks
// for new credentials and shows whose they are, as `ok ARN`, or why there are none, as `refused …`.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

func main() {
	ctx := context.Background()
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		fmt.Println("refused", err)
		os.Exit(1)
	}
	client := sts.NewFromConfig(cfg)
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		if cache, ok := cfg.Credentials.(*aws.CredentialsCache); ok {
			cache.Invalidate()
		}
		answer, err := client.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
		if err != nil {
			fmt.Println("refused", strings.Join(strings.Fields(err.Error()), " "))
			continue
		}
		fmt.Println("ok", aws.ToString(answer.Arn))
	}
}
