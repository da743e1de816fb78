"""Uses the services as a program on boto3 does: another client, another signer. Prints what it got as JSON."""

import json
import sys

import boto3

role, stamp, sso_token, account = sys.argv[1:]
sts = boto3.client("sts")
caller = sts.get_caller_identity()["Arn"]
issued = sts.assume_role(RoleArn=role, RoleSessionName=stamp, SourceIdentity=stamp, Tags=[])["Credentials"]
keys = {
    "aws_access_key_id": issued["AccessKeyId"],
    "aws_secret_access_key": issued["SecretAccessKey"],
    "aws_session_token": issued["SessionToken"],
}
ssm = boto3.client("ssm", **keys)
ssm.put_parameter(Name="/sentinel/policies/dev", Value="zwölf: ✓", Type="SecureString")
value = ssm.get_parameter(Name="/sentinel/policies/dev", WithDecryption=True)["Parameter"]["Value"]
try:
    ssm.get_parameter(Name="/sentinel/none")
    missing = "answered"
except ssm.exceptions.ParameterNotFound:
    missing = "ParameterNotFound"
dynamodb = boto3.client("dynamodb", **keys)
dynamodb.create_table(
    TableName="sentinel-requests",
    BillingMode="PAY_PER_REQUEST",
    AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
)
portal = boto3.client("sso").get_role_credentials(roleName="Dev", accountId=account, accessToken=sso_token)
pages = boto3.client("cloudtrail").get_paginator("lookup_events").paginate(
    LookupAttributes=[{"AttributeKey": "Username", "AttributeValue": stamp}], PaginationConfig={"PageSize": 1}
)
events = [json.loads(event["CloudTrailEvent"]) for page in pages for event in page["Events"]]
print(
    json.dumps(
        {
            "caller": caller,
            "value": value,
            "missing": missing,
            "portal": portal["roleCredentials"]["accessKeyId"][:4],
            "events": [event["eventName"] for event in events],
            "stamps": sorted({event["userIdentity"]["sessionContext"]["sourceIdentity"] for event in events}),
        }
    )
)
