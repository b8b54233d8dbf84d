"""signer-host key policy: what it prints is taken by KMS and IAM, and lets a
signer sign and nothing else.
SPDX-License-Identifier: Apache-2.0
"""

import json

import pytest
from conftest import clean_environment
from emulators import ACCOUNT, REGION, make_user

ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
URI = f"awskms:///{ARN}"
BENCH = f"arn:aws:iam::{ACCOUNT}:role/bench"
ADMIN = f"arn:aws:iam::{ACCOUNT}:user/admin"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
CONDITION = {"StringEquals": {
    "kms:SigningAlgorithm": "RSASSA_PKCS1_V1_5_SHA_256"}}


@pytest.fixture
def policy(signer):
    def run(*options, **more):
        return json.loads(signer.ok("key", "policy", *options, **more))

    return run


def by_sid(policy):
    assert policy["Version"] == "2012-10-17"
    return {statement["Sid"]: statement for statement in policy["Statement"]}


@pytest.mark.parametrize("options, signers, admins", [
    (["--key", URI], [ROOT], [ROOT]),
    (["--key", URI, "--principal", BENCH], [BENCH], [ROOT]),
    (["--key", URI, "--principal", BENCH, "--principal", ADMIN],
     [BENCH, ADMIN], [ROOT]),
    (["--key", URI, "--principal", BENCH, "--admin", ADMIN], [BENCH],
     [ROOT, ADMIN]),
    (["--principal", BENCH], [BENCH], [ROOT]),
    (["--admin", ADMIN], [ROOT], [ROOT, ADMIN]),
])
def test_key_policy(options, signers, admins, policy):
    statements = by_sid(policy(*options))
    assert list(statements) == ["AccountKeepsTheKey", "SignTokens",
                                "ReadPublicKey"]
    assert statements["SignTokens"]["Condition"] == CONDITION
    assert statements["SignTokens"]["Action"] == "kms:Sign"
    assert statements["ReadPublicKey"]["Action"] == ["kms:DescribeKey",
                                                     "kms:GetPublicKey"]
    for sid, who in (("SignTokens", signers), ("ReadPublicKey", signers),
                     ("AccountKeepsTheKey", admins)):
        assert statements[sid]["Principal"] == {"AWS": who}
    # Whoever manages the key neither signs with it nor hands out grants.
    managing = statements["AccountKeepsTheKey"]["Action"]
    assert "kms:PutKeyPolicy" in managing
    assert not {"kms:*", "kms:Sign", "kms:CreateGrant"} & set(managing)


def test_other_partition(policy):
    arn = ARN.replace("arn:aws:", "arn:aws-cn:").replace(REGION, "cn-north-1")
    statements = by_sid(policy("--key", f"awskms:///{arn}"))
    assert statements["SignTokens"]["Principal"] == \
        {"AWS": [f"arn:aws-cn:iam::{ACCOUNT}:root"]}


def test_iam_policy(policy):
    statements = by_sid(policy("--key", URI, "--iam"))
    assert list(statements) == ["SignTokens", "ReadPublicKey"]
    assert statements["SignTokens"]["Condition"] == CONDITION
    for statement in statements.values():
        assert statement["Resource"] == ARN and "Principal" not in statement


@pytest.mark.parametrize("options, word", [
    ([], "--key is required"),
    (["--iam"], "--key is required"),
    (["--iam", "--key", URI, "--principal", BENCH], "leave --principal"),
    (["--key", "file:x"], "awskms:"),
    (["--key", "awskms:///"], "awskms:"),
    (["--key", URI, "--principal", "*"], "--principal"),
    (["--key", URI, "--principal", ARN], "--principal"),
    (["--key", URI, "--principal", BENCH + '"'], "--principal"),
    (["--key", URI, "--principal", "arn:aws:iam::1:role/x"], "--principal"),
    (["--key", URI, "--principal", f"arn:aws:iam::{ACCOUNT}:"],
     "--principal"),
    (["--key", URI, "--admin", "me"], "--admin"),
    (["--admin", "me"], "--admin"),
])
def test_usage(options, word, signer):
    result = signer("key", "policy", *options)
    assert result.returncode == 2 and result.stdout == ""
    assert word in result.stderr


# --------------------------------------------------------------- emulators --


@pytest.fixture(params=["moto", "local_kms"])
def emulator(request):
    found = request.getfixturevalue(request.param)
    return found.admin if request.param == "moto" else found


@pytest.mark.server
def test_create_with_it(emulator, signer, policy, tmp_path, request):
    alias = f"policy-{request.node.callspec.params['emulator']}"
    path = tmp_path / "policy.json"
    made = policy("--principal", BENCH, "--admin", ADMIN)
    path.write_text(json.dumps(made))
    env = emulator.environment(AWS_ENDPOINT_URL_KMS=emulator.url)
    arn = signer.ok("key", "create", "--alias", alias, "--policy", path,
                    env=env).strip()
    kept = emulator.kms.get_key_policy(KeyId=arn, PolicyName="default")
    assert json.loads(kept["Policy"]) == made
    # By its alias: KMS tells the ARN.
    by_alias = policy("--key", emulator.uri(f"alias/{alias}"), "--iam",
                      env=env)
    assert by_alias == policy("--key", f"awskms:///{arn}", "--iam")
    emulator.kms.put_key_policy(KeyId=arn, PolicyName="default",
                                Policy=json.dumps(made))


@pytest.mark.server
def test_signer_with_it(moto, signer, policy):
    """The IAM policy lets a user mint, and neither make nor delete keys."""
    admin = moto.admin
    key = admin.key("least")
    env = admin.environment()
    made = policy("--key", admin.uri("alias/least"), "--iam", env=env)
    iam = admin.boto("iam")
    user = admin.using(*make_user(iam, "least"))
    uri = admin.uri("alias/least")
    denied = signer("mint", "--key", uri, env=user.environment())
    assert denied.returncode == 1 and "AccessDenied" in denied.stderr
    # moto asks IAM about the resource *, whatever the key.
    for statement in made["Statement"]:
        statement["Resource"] = "*"
    iam.put_user_policy(UserName="least", PolicyName="signer",
                        PolicyDocument=json.dumps(made))
    signer.ok("mint", "--key", uri, env=user.environment())
    signer.ok("key", "show", "--key", uri, env=user.environment())
    result = signer("key", "create", "--alias", "more", env=user.environment(
        AWS_ENDPOINT_URL_KMS=admin.url))
    assert result.returncode == 1 and "AccessDenied" in result.stderr
    for call in (lambda: user.kms.schedule_key_deletion(KeyId=key),
                 lambda: user.kms.create_key(),
                 lambda: user.kms.put_key_policy(
                     KeyId=key, PolicyName="default", Policy="{}")):
        with pytest.raises(user.kms.exceptions.ClientError) as caught:
            call()
        answer = caught.value.response["ResponseMetadata"]
        assert answer["HTTPStatusCode"] == 403
