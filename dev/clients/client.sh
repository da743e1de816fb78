#!/bin/sh
# A client of an endpoint: the AWS CLI, once for each line of the input. Shows whose credentials it got, as `ok ARN`, or
# why it got none, as `refused …`.
while read -r _; do
  if said=$(aws sts get-caller-identity --query Arn --output text 2>&1 </dev/null); then
    echo "ok $said"
  else
    echo "refused $(echo "$said" | tr '\n' ' ')"
  fi
done
