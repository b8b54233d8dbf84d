"""signer-host against moto with authentication enforced: the right key is
accepted, and what is wrong with credentials, policies, profiles and Regions
is told without a secret.
SPDX-License-Identifier: Apache-2.0
"""

import configparser
import json
import stat

import pytest
from conftest import NOW, Shell, clean_environment
from cryptography.hazmat.primitives import serialization
from emulators import ACCOUNT, REGION
from jose_parts import check_signature, claims_of, header_of, tampered, \
    thumbprint

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def key_id(moto):
    return moto.admin.key("bench")


@pytest.fixture(scope="module")
def uri(moto, key_id):
    return moto.bench.uri("alias/bench")


@pytest.fixture(scope="module")
def bench(moto):
    return moto.bench.environment()


@pytest.fixture(scope="module")
def public_pem(moto, key_id, tmp_path_factory):
    """The key as boto3 gets it."""
    der = moto.bench.kms.get_public_key(KeyId=key_id)["PublicKey"]
    path = tmp_path_factory.mktemp("moto") / "public.pem"
    path.write_bytes(serialization.load_der_public_key(der).public_bytes(
        serialization.Encoding.PEM,
        serialization.PublicFormat.SubjectPublicKeyInfo))
    return path


def arn(key_id):
    return f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{key_id}"


def secrets_of(moto):
    people = (moto.admin, moto.bench, moto.reader, moto.blind, moto.nobody,
              moto.session)
    return [person.secret for person in people] + \
        [moto.session.session_token]


def refused(result, moto, status, *words):
    """One line that says it, nothing printed, nothing secret shown."""
    assert result.returncode == status, (result.returncode, result.stderr)
    assert result.stdout == ""
    for secret in secrets_of(moto):
        assert secret not in result.stderr
    message = result.stderr.splitlines()[-1]
    assert message.startswith("signer-host: ")
    for word in words:
        assert word in message, message


# -------------------------------------------------------- the right way --


@pytest.mark.parametrize("key", ["alias/bench", "{id}", "{arn}",
                                 "{alias_arn}"])
def test_mint(key, moto, signer, key_id, bench, public_pem, tmp_path):
    names = {"id": key_id, "arn": arn(key_id),
             "alias_arn": f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/bench"}
    uri = moto.bench.uri(key.format(**names))
    path = tmp_path / "token"
    result = signer("mint", "--key", uri, "--iss", "bench-7", "--aud", "d",
                    "-o", path, env=bench)
    assert (result.returncode, result.stderr, result.stdout) == (0, "", "")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    token = path.read_text()
    assert header_of(token)["kid"] == thumbprint(public_pem)
    check_signature(token, public_pem)
    for verifier in (uri, f"file:{public_pem}"):
        signer.ok("verify", "--key", verifier, "--aud", "d", token, env=bench)


def test_device_accepts(signer, uri, bench, tmp_path):
    key_file = tmp_path / "keys.c"
    signer.ok("key", "export", "--key", uri, "--format", "c", "-o", key_file,
              env=bench)
    assert "KJWT_KEYS_DEVELOPMENT" not in key_file.read_text()
    token = signer.ok("mint", "--key", uri, "--now", NOW, "--aud", "d",
                      env=bench).strip()
    answers = Shell("posix", key_file)([f"now {NOW}", "aud d", token,
                                        tampered(token)])
    assert json.loads(answers[2].removeprefix("accepted ")) == \
        claims_of(token)
    assert answers[3] == "rejected KJWT_ERR_SIGNATURE"


@pytest.mark.parametrize("bits", (3072, 4096))
def test_larger_keys(bits, moto, signer, bench):
    uri = moto.bench.uri(moto.admin.key(spec=f"RSA_{bits}"))
    token = signer.ok("mint", "--key", uri, env=bench).strip()
    signer.ok("verify", "--key", uri, token, env=bench)
    assert len(token.split(".")[2]) == (bits // 8 * 4 + 2) // 3


@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL_KMS",
                                      "AWS_ENDPOINT_URL"])
def test_endpoint_variables(variable, moto, signer, key_id, bench):
    env = {**bench, variable: moto.bench.url}
    signer.ok("mint", "--key", "awskms:///alias/bench", env=env)
    other = {**env, "AWS_ENDPOINT_URL_KMS": moto.bench.url,
             "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
    signer.ok("mint", "--key", "awskms:///alias/bench", env=other)


@pytest.mark.parametrize("form", ["pem", "der", "pkcs1", "jwk", "jwks", "c",
                                  "h"])
def test_export(form, signer, uri, bench, public_pem):
    """The same as of the public half in a file, but for names."""
    def export(key):
        return signer.ok("key", "export", "--key", key, "--format", form,
                         env={**bench, "SOURCE_DATE_EPOCH": "1"}, text=False)

    def without_banner(text):
        return text.split(b"*/", 1)[-1]

    exported = export(uri)
    assert without_banner(exported) == \
        without_banner(export(f"file:{public_pem}"))
    if form in ("c", "h"):
        assert uri.encode() in exported.split(b"*/")[0]
    if form == "pem":
        assert exported == public_pem.read_bytes()


def test_show(signer, uri, bench, key_id, public_pem):
    facts = json.loads(signer.ok("key", "show", "--json", "--key", uri,
                                 env=bench))
    assert facts["spec"] == "RSA_2048" and facts["state"] == "Enabled"
    assert facts["thumbprint"] == thumbprint(public_pem)
    assert arn(key_id) in facts.values()
    text = signer.ok("key", "show", "--key", uri, env=bench)
    assert "Enabled" in text and arn(key_id) in text


def test_show_tells_the_state(moto, signer, bench):
    key_id, kms = moto.admin.key(), moto.admin.kms
    for change, state in (
            (lambda: kms.disable_key(KeyId=key_id), "Disabled"),
            (lambda: kms.schedule_key_deletion(
                KeyId=key_id, PendingWindowInDays=7), "PendingDeletion")):
        change()
        assert state in signer.ok("key", "show", "--key",
                                  moto.bench.uri(key_id), env=bench)


def test_session(moto, signer, uri):
    token = signer.ok("mint", "--key", uri,
                      env=moto.session.environment()).strip()
    signer.ok("verify", "--key", uri, token, env=moto.session.environment())


def test_verbose(moto, signer, uri):
    """Where the request goes and whose it is, and no secret."""
    for person in (moto.bench, moto.session):
        result = signer("mint", "--verbose", "--key", uri,
                        env=person.environment())
        assert result.returncode == 0
        for word in (moto.bench.url, REGION, "environment"):
            assert word in result.stderr
        for secret in secrets_of(moto):
            assert secret not in result.stderr + result.stdout
        assert "Signature=" not in result.stderr


# -------------------------------------------------- credentials, policies --


def credentials_table(moto):
    bench, session = moto.bench, moto.session
    return {
        "wrong secret": (bench.using(bench.access_key, "wrong"), 1,
                         ["SignatureDoesNotMatch", "secret"]),
        "unknown access key": (bench.using("AKIANOBODY", bench.secret), 1,
                               ["InvalidClientTokenId", "renew"]),
        "session without its token": (
            session.using(session.access_key, session.secret), 1,
            ["InvalidClientTokenId", "session"]),
        "session with another token": (
            session.using(session.access_key, session.secret, "other"), 1,
            ["InvalidClientTokenId", "session"]),
        "access key without a secret": (bench.using(bench.access_key, None),
                                        2, ["AWS_SECRET_ACCESS_KEY"]),
    }


@pytest.mark.parametrize("verbose", [[], ["--verbose"]])
@pytest.mark.parametrize("command", [
    ["mint"], ["key", "export", "--format", "pem"], ["key", "show"]])
@pytest.mark.parametrize("name", [
    "wrong secret", "unknown access key", "session without its token",
    "session with another token", "access key without a secret"])
def test_credentials(name, command, verbose, moto, signer, uri):
    person, status, words = credentials_table(moto)[name]
    result = signer(*command, "--key", uri, *verbose,
                    env=person.environment())
    refused(result, moto, status, *words)


@pytest.mark.parametrize("person, command, action", [
    ("reader", ["mint"], "kms:Sign"),
    ("blind", ["mint"], "kms:GetPublicKey"),
    ("blind", ["key", "export", "--format", "c"], "kms:GetPublicKey"),
    ("blind", ["verify", "a.b.c"], "kms:GetPublicKey"),
    ("nobody", ["mint"], "kms:"),
    ("nobody", ["key", "show"], "kms:"),
])
def test_policies(person, command, action, moto, signer, uri):
    result = signer(*command, "--key", uri,
                    env=getattr(moto, person).environment())
    refused(result, moto, 1, "AccessDenied", "not authorized", action,
            "policy")


def test_no_file_after_a_refusal(moto, signer, uri, tmp_path):
    result = signer("mint", "--key", uri, "-o", tmp_path / "token",
                    env=moto.reader.environment())
    refused(result, moto, 1, "AccessDenied")
    assert list(tmp_path.iterdir()) == []


def test_no_credentials(moto, signer, uri, tmp_path):
    env = clean_environment(AWS_REGION=REGION, HOME=str(tmp_path))
    for command in (["mint"], ["key", "show"]):
        result = signer(*command, "--key", uri, env=env)
        assert result.returncode == 2 and result.stdout == ""
        for place in ("AWS_ACCESS_KEY_ID", f"{tmp_path}/.aws/credentials",
                      f"{tmp_path}/.aws/config"):
            assert place in result.stderr


# --------------------------------------------------- keys that do not fit --


@pytest.mark.parametrize("spec, usage, word", [
    ("ECC_NIST_P256", "SIGN_VERIFY", "ECC_NIST_P256"),
    ("RSA_2048", "ENCRYPT_DECRYPT", "ENCRYPT_DECRYPT"),
])
def test_other_keys(spec, usage, word, moto, signer, bench):
    uri = moto.bench.uri(moto.admin.key(spec=spec, usage=usage))
    for command in (["mint"], ["key", "export", "--format", "c"]):
        refused(signer(*command, "--key", uri, env=bench), moto, 1, word)


@pytest.mark.parametrize("key", [
    "alias/none", "11111111-2222-3333-4444-555555555555",
    f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555",
])
def test_unknown_keys(key, moto, signer, bench):
    for command in (["mint"], ["key", "show"]):
        refused(signer(*command, "--key", moto.bench.uri(key), env=bench),
                moto, 1, "NotFoundException", "Region")


# ------------------------------------------------------------- key create --


def test_create(moto, signer, tmp_path):
    policy = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:"
                                         "root"},
        "Action": "kms:*", "Resource": "*"}]}
    path = tmp_path / "policy.json"
    path.write_text(json.dumps(policy, indent=2))
    admin = moto.admin
    env = admin.environment(AWS_ENDPOINT_URL_KMS=admin.url)
    printed = signer.ok(
        "key", "create", "--alias", "fresh", "--spec", "RSA_3072",
        "--policy", path, "--tag", "team=bench", "--tag", "cost=a=b",
        "--description", "for \"devices\" é", env=env)
    key = admin.kms.describe_key(KeyId="alias/fresh")["KeyMetadata"]
    assert printed == key["Arn"] + "\n"
    assert key["KeySpec"] == "RSA_3072" and key["KeyUsage"] == "SIGN_VERIFY"
    assert key["Description"] == "for \"devices\" é"
    tags = admin.kms.list_resource_tags(KeyId=key["KeyId"])["Tags"]
    assert {tag["TagKey"]: tag["TagValue"] for tag in tags} == \
        {"team": "bench", "cost": "a=b"}
    kept = admin.kms.get_key_policy(KeyId=key["KeyId"], PolicyName="default")
    assert json.loads(kept["Policy"]) == policy
    token = signer.ok("mint", "--key", f"awskms:///{printed.strip()}",
                      env=env).strip()
    signer.ok("verify", "--key", "awskms:///alias/fresh", token, env=env)


def key_count(moto):
    return len(moto.admin.kms.list_keys(Limit=1000)["Keys"])


def test_create_never_overwrites(moto, signer, key_id):
    env = moto.admin.environment(AWS_ENDPOINT_URL_KMS=moto.admin.url)
    before = key_count(moto)
    result = signer("key", "create", "--alias", "bench", env=env)
    refused(result, moto, 1, "alias/bench")
    assert key_count(moto) == before
    assert moto.admin.kms.describe_key(
        KeyId="alias/bench")["KeyMetadata"]["KeyId"] == key_id


def test_create_finds_a_taken_alias_on_a_later_page(moto, signer, key_id):
    for i in range(110):
        moto.admin.kms.create_alias(AliasName=f"alias/a{i:03}",
                                    TargetKeyId=key_id)
    env = moto.admin.environment(AWS_ENDPOINT_URL_KMS=moto.admin.url)
    before = key_count(moto)
    for alias in ("a000", "a109"):
        result = signer("key", "create", "--alias", alias, env=env)
        refused(result, moto, 1, alias)
    assert key_count(moto) == before


@pytest.mark.parametrize("arguments, word", [
    (["--alias", "aws/x"], "aws/"), (["--alias", ""], "alias"),
    (["--alias", "a b"], "alias"), (["--alias", "x" * 300], "alias"),
    (["--alias", "x", "--spec", "RSA_1024"], "RSA_2048"),
    (["--alias", "x", "--policy", "missing.json"], "missing.json"),
    (["--alias", "x", "--tag", "novalue"], "novalue"),
    (["--alias", "x", "--key", "file:x.pem"], "--alias"),
])
def test_create_usage(arguments, word, moto, signer, tmp_path):
    env = moto.admin.environment(AWS_ENDPOINT_URL_KMS=moto.admin.url)
    before = key_count(moto)
    result = signer("key", "create", *arguments, env=env, cwd=tmp_path)
    refused(result, moto, 2, word)
    assert key_count(moto) == before and list(tmp_path.iterdir()) == []


def test_create_denied(moto, signer):
    env = moto.bench.environment(AWS_ENDPOINT_URL_KMS=moto.bench.url)
    before = key_count(moto)
    result = signer("key", "create", "--alias", "denied", env=env)
    refused(result, moto, 1, "AccessDenied", "kms:")
    assert key_count(moto) == before


# --------------------------------------------------------------- profiles --


class Profiles:
    """AWS configuration files and an environment that points to them."""

    def __init__(self, folder, **more):
        self.credentials = folder / "credentials"
        self.config = folder / "config"
        self.credentials.touch()
        self.config.touch()
        self.env = clean_environment(
            AWS_SHARED_CREDENTIALS_FILE=str(self.credentials),
            AWS_CONFIG_FILE=str(self.config), **more)

    def put(self, path, section, **values):
        parser = configparser.RawConfigParser()
        parser[section] = values
        with path.open("a") as file:
            parser.write(file)
        return self

    def keys(self, section, person):
        values = {"aws_access_key_id": person.access_key,
                  "aws_secret_access_key": person.secret}
        if person.session_token:
            values["aws_session_token"] = person.session_token
        return self.put(self.credentials, section, **values)

    def conf(self, section, **values):
        return self.put(self.config, section, **values)


@pytest.fixture
def profiles(tmp_path):
    return Profiles(tmp_path)


def test_profile_by_every_name(moto, signer, uri, profiles):
    profiles.keys("bench", moto.bench).conf("profile bench", region=REGION)
    wrong = moto.bench.environment(AWS_SECRET_ACCESS_KEY="wrong")
    for options, key, env, fits in [
        (["--profile", "bench"], uri, {}, True),
        ([], f"{uri}?profile=bench", {}, True),
        ([], uri, {"AWS_PROFILE": "bench"}, True),
        # Named explicitly it goes before the environment ...
        (["--profile", "bench"], uri, wrong, True),
        ([], f"{uri}?profile=bench", wrong, True),
        # ... but AWS_PROFILE alone does not.
        ([], uri, {**wrong, "AWS_PROFILE": "bench"}, False),
    ]:
        result = signer("mint", "--key", key, *options,
                        env={**profiles.env, **env})
        if fits:
            assert result.returncode == 0, result.stderr
        else:
            refused(result, moto, 1, "SignatureDoesNotMatch")


def test_default_profile(moto, signer, uri, profiles):
    profiles.keys("default", moto.session).conf("default", region=REGION)
    result = signer("mint", "--verbose", "--key", uri, env=profiles.env)
    assert result.returncode == 0, result.stderr
    assert "default" in result.stderr
    assert moto.session.session_token not in result.stderr


def test_keys_in_the_config_file(moto, signer, uri, profiles):
    profiles.conf("profile bench", region=REGION,
                  aws_access_key_id=moto.bench.access_key,
                  aws_secret_access_key=moto.bench.secret)
    signer.ok("mint", "--key", uri, "--profile", "bench", env=profiles.env)


def test_endpoint_in_the_profile(moto, signer, key_id, profiles):
    profiles.keys("bench", moto.bench)
    profiles.config.write_text(
        f"# comment\n[profile bench]\nregion = {REGION} ; here\n"
        "services = local\n[services local]\nkms =\n"
        f"  endpoint_url = {moto.bench.url}\n")
    signer.ok("mint", "--key", "awskms:///alias/bench", "--profile", "bench",
              env=profiles.env)


@pytest.mark.parametrize("options, env", [
    (["--profile", "none"], {}), ([], {"AWS_PROFILE": "none"})])
def test_unknown_profile(options, env, moto, signer, uri, profiles):
    profiles.keys("default", moto.bench).conf("default", region=REGION)
    result = signer("mint", "--key", uri, *options,
                    env={**profiles.env, "AWS_REGION": REGION, **env})
    refused(result, moto, 2, "none", "profile")


@pytest.mark.parametrize("values", [
    {"sso_session": "x"}, {"sso_start_url": "https://x.awsapps.com/start"},
    {"login_session": "x"}, {"credential_source": "Ec2InstanceMetadata"},
    {"role_arn": f"arn:aws:iam::{ACCOUNT}:role/x", "source_profile":
     "default"},
])
def test_profiles_that_need_another_tool(values, moto, signer, uri, profiles):
    """Never a fall-through to other keys."""
    profiles.keys("default", moto.bench)
    profiles.conf("profile bench", region=REGION, **values)
    env = {**profiles.env, **moto.bench.environment()}
    result = signer("mint", "--key", uri, "--profile", "bench", env=env)
    refused(result, moto, 2, "credential_process",
            "aws configure export-credentials")


def process_output(person, **more):
    return json.dumps({"Version": 1, "AccessKeyId": person.access_key,
                       "SecretAccessKey": person.secret,
                       "SessionToken": person.session_token, **more})


PROCESS = """#!/bin/sh
printf '%s\\n' "$@" > "$(dirname "$0")/arguments"
echo "a word for people" >&2
cat "$(dirname "$0")/answer"
exit $(cat "$(dirname "$0")/status")
"""


@pytest.fixture
def process(tmp_path, profiles):
    """A credential_process in a folder with a blank in its name."""
    folder = tmp_path / "my tools"
    folder.mkdir()
    program = folder / "credentials.sh"
    program.write_text(PROCESS)
    program.chmod(0o755)
    (folder / "status").write_text("0")
    profiles.conf("profile bench", region=REGION, credential_process=f'"'
                  f"{program}\" --role 'a b' $HOME \\$x ; touch {folder}/no")
    return folder


def test_credential_process(moto, signer, uri, profiles, process):
    for person in (moto.bench, moto.session):
        (process / "answer").write_text(process_output(
            person, Expiration="2099-01-01T00:00:00Z"))
        result = signer("mint", "--verbose", "--key", uri, "--profile",
                        "bench", env=profiles.env)
        assert result.returncode == 0, result.stderr
        assert "credential_process" in result.stderr
        for secret in secrets_of(moto):
            assert secret not in result.stderr
    # Split into words as a shell does, but no shell ran.
    words = (process / "arguments").read_text().splitlines()
    assert words[:4] == ["--role", "a b", "$HOME", "$x"]
    assert not (process / "no").exists()


def test_credential_process_fails(moto, signer, uri, profiles, process):
    (process / "answer").write_text(process_output(moto.bench))
    (process / "status").write_text("3")
    result = signer("mint", "--key", uri, "--profile", "bench",
                    env=profiles.env)
    assert result.returncode == 2 and result.stdout == ""
    assert "a word for people" in result.stderr
    assert moto.bench.secret not in result.stderr


@pytest.mark.parametrize("answer", [
    "", "no json", "[]", "{}", '{"Version":2,"AccessKeyId":"a",'
    '"SecretAccessKey":"verysecret"}',
    '{"Version":1,"AccessKeyId":"a"}',
    '{"Version":1,"SecretAccessKey":"verysecret"}',
    '{"Version":1,"AccessKeyId":"a","SecretAccessKey":"verysecret",'
    '"Expiration":"2001-01-01T00:00:00Z"}',
])
def test_credential_process_answers(answer, moto, signer, uri, profiles,
                                    process):
    (process / "answer").write_text(answer)
    result = signer("mint", "--key", uri, "--profile", "bench",
                    env=profiles.env)
    refused(result, moto, 2, "credential_process")
    assert "verysecret" not in result.stderr


def test_credential_process_is_missing(moto, signer, uri, profiles):
    profiles.conf("profile bench", region=REGION,
                  credential_process="/nonexistent/program --x")
    result = signer("mint", "--key", uri, "--profile", "bench",
                    env=profiles.env)
    refused(result, moto, 2, "/nonexistent/program")


# ---------------------------------------------------------------- Regions --


@pytest.mark.parametrize("key, options, env, word", [
    ("alias/bench", [], {"AWS_REGION": None}, "Region"),
    ("alias/bench?region=us-east-1", ["--region", REGION], {}, "us-east-1"),
    (f"arn:aws:kms:us-east-1:{ACCOUNT}:alias/bench", ["--region", REGION], {},
     "us-east-1"),
    (f"arn:aws:kms:us-east-1:{ACCOUNT}:alias/bench?region={REGION}", [], {},
     "us-east-1"),
    ("alias/bench?profile=a", ["--profile", "b"], {}, "profile"),
    ("alias/bench?frob=1", [], {}, "frob"),
    ("", [], {}, "awskms:"),
])
def test_region_usage(key, options, env, word, moto, signer):
    result = signer("mint", "--key", moto.bench.uri(key), *options,
                    env=moto.bench.environment(**env))
    refused(result, moto, 2, word)


@pytest.mark.parametrize("key, options, env", [
    ("alias/bench", ["--region", REGION], {"AWS_REGION": "us-east-1"}),
    (f"alias/bench?region={REGION}", [], {"AWS_REGION": "us-east-1"}),
    (f"alias/bench?region={REGION}", ["--region", REGION], {}),
    (f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/bench", [],
     {"AWS_REGION": "us-east-1"}),
    ("alias/bench", [], {"AWS_REGION": None, "AWS_DEFAULT_REGION": REGION}),
    ("alias/bench", [], {"AWS_DEFAULT_REGION": "us-east-1"}),
])
def test_region_precedence(key, options, env, moto, signer, key_id):
    """moto keeps a key in one Region only."""
    signer.ok("mint", "--key", moto.bench.uri(key), *options,
              env=moto.bench.environment(**env))


def test_other_region(moto, signer, key_id):
    result = signer("mint", "--key", moto.bench.uri("alias/bench"),
                    "--region", "us-east-1", env=moto.bench.environment())
    refused(result, moto, 1, "NotFoundException", "us-east-1")
