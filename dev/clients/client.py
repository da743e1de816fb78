# A client of an endpoint: boto3. Each line of its input asks for new credentials and shows whose they are, as `ok ARN`,
# or why there are none, as `refused …`. From the second line on it is botocore's own refresh of credentials it has.

import datetime
import sys

import boto3

session = boto3.Session()
for _ in sys.stdin:
    try:
        credentials = session.get_credentials()
        if credentials is None:
            raise RuntimeError("boto3 found no credentials at all")
        # So near their end that botocore insists on new ones.
        credentials._expiry_time = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=1)
        frozen = credentials.get_frozen_credentials()
        # With what it just got: a client of the session would ask anew, since less than 15 minutes are left of it.
        sts = session.client(
            "sts",
            aws_access_key_id=frozen.access_key,
            aws_secret_access_key=frozen.secret_key,
            aws_session_token=frozen.token,
        )
        print("ok", sts.get_caller_identity()["Arn"], flush=True)
    except Exception as error:
        print("refused", " ".join(str(error).split()), flush=True)
