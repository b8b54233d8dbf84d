/*
 * What STS and a container's endpoint send, and where tokens may go.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aws_container.h"
#include "aws_credential_http.h"
#include "aws_sts.h"

#include "support.h"

#define COUNT(rows) (sizeof rows / sizeof rows[0])

#define ID     "<AccessKeyId>id</AccessKeyId>"
#define SECRET "<SecretAccessKey>s3cr3t</SecretAccessKey>"
#define TOKEN  "<SessionToken>t/+=</SessionToken>"
#define UNTIL  "<Expiration>2199-01-01T00:00:00Z</Expiration>"
#define ALL    ID SECRET TOKEN UNTIL
#define IN(x)  "<R><Credentials>" x "</Credentials></R>"

static const struct {
    const char *name;
    const char *xml;
    const char *error; /* a part of it; NULL: taken */
} xml_rows[] = {
    {"all", IN(ALL), NULL},
    {"another order", IN(UNTIL TOKEN SECRET ID), NULL},
    {"white space", " " IN("\n " ID "\n" SECRET TOKEN UNTIL), NULL},
    {"declaration", "<?xml version='1.0' encoding='UTF-8'?>" IN(ALL), NULL},
    {"entities", IN("<AccessKeyId>&#105;d</AccessKeyId>" SECRET TOKEN UNTIL),
     NULL},
    {"CDATA",
     IN("<AccessKeyId><![CDATA[id]]></AccessKeyId>" SECRET TOKEN UNTIL), NULL},
    {"comment",
     IN("<AccessKeyId>i<!-- x -->d</AccessKeyId>" SECRET TOKEN UNTIL), NULL},
    {"names elsewhere", "<R><AccessKeyId>x</AccessKeyId>" IN(ALL) "</R>", NULL},
    {"empty", "", "not the XML"},
    {"no XML", "s3cr3t", "not the XML"},
    {"cut", "<R><Credentials>" ALL "</Credentials>", "not the XML"},
    {"two roots", IN(ALL) IN(ALL), "not the XML"},
    {"no credentials", "<R/>", "no AccessKeyId"},
    {"outside", "<R>" ALL "</R>", "no AccessKeyId"},
    {"after them", "<R><Credentials/>" ALL "</R>", "no AccessKeyId"},
    {"no token", IN(ID SECRET UNTIL), "no SessionToken"},
    {"empty secret", IN(ID "<SecretAccessKey/>" TOKEN UNTIL),
     "no SecretAccessKey"},
    {"no end", IN(ID SECRET TOKEN), "no Expiration"},
    {"end is no date", IN(ID SECRET TOKEN "<Expiration>x</Expiration>"),
     "no date"},
    {"twice", IN(ALL ID), "not the XML"},
    {"element in a value",
     IN("<AccessKeyId>i<b/>d</AccessKeyId>" SECRET TOKEN UNTIL), "not the XML"},
    {"DOCTYPE", "<!DOCTYPE R>" IN(ALL), "not the XML"},
    {"entity of its own",
     "<!DOCTYPE R [<!ENTITY e 'id'>]>" IN(
         "<AccessKeyId>&e;</AccessKeyId>" SECRET TOKEN UNTIL),
     "not the XML"},
    {"unknown entity", IN("<AccessKeyId>&e;</AccessKeyId>" SECRET TOKEN UNTIL),
     "not the XML"},
};

static void test_sts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(xml_rows); i++) {
        struct aws_credentials credentials = {.source = NULL};
        struct error error = {.text = ""};
        bool done = aws_sts_parse(xml_rows[i].xml, strlen(xml_rows[i].xml),
                                  &credentials, &error);

        if (done != (xml_rows[i].error == NULL) ||
            (!done && strstr(error.text, xml_rows[i].error) == NULL))
            fail_msg("%s: %s", xml_rows[i].name, error.text);
        assert_null(strstr(error.text, "s3cr3t"));
        if (done) {
            assert_string_equal(credentials.access_key_id, "id");
            assert_string_equal(credentials.secret_access_key, "s3cr3t");
            assert_string_equal(credentials.session_token, "t/+=");
            assert_int_equal(credentials.expiration, INT64_C(7226582400));
        }
        aws_credentials_clear(&credentials);
    }
}

/* A value that no credential of AWS has is not kept in part. */
static void test_long_value(void **state)
{
    size_t len = (size_t)20 * 1024;
    char *xml = malloc(len + 512);
    char *at = xml;
    struct aws_credentials credentials = {.source = NULL};
    struct error error = {.text = ""};

    (void)state;
    assert_non_null(xml);
    at += sprintf(at, "<Credentials>" ID SECRET UNTIL "<SessionToken>");
    memset(at, 'a', len);
    (void)sprintf(at + len, "</SessionToken></Credentials>");
    assert_false(aws_sts_parse(xml, strlen(xml), &credentials, &error));
    assert_null(credentials.session_token);
    free(xml);
}

static const struct {
    const char *uri;
    bool allowed;
} uri_rows[] = {
    {"http://localhost:1/x", true},
    {"http://LOCALHOST/x", true},
    {"http://127.0.0.1/x", true},
    {"http://127.1.2.3:80/x?y=z", true},
    {"http://[::1]:8080/x", true},
    {"http://169.254.170.2/v2", true},
    {"http://169.254.170.23/v1/credentials", true},
    {"http://[fd00:ec2::23]/v1/credentials", true},
    {"https://agent.example/x", true},
    {"http://agent.example/x", false},
    {"http://169.254.169.254/x", false},
    {"http://169.254.170.2.example/x", false},
    {"http://localhost.example/x", false},
    {"http://localhost@agent.example/x", false},
    {"https://user@agent.example/x", false},
    {"http://[fd00:ec2::24]/x", false},
    {"http://128.0.0.1/", false},
    {"file:///etc/passwd", false},
    {"ftp://127.0.0.1/", false},
    {"127.0.0.1/x", false},
    {"/x", false},
    {"http://", false},
    {"http://local host/", false},
};

static void test_uris(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(uri_rows); i++) {
        struct error error = {.text = ""};

        if (aws_container_check_uri(uri_rows[i].uri, &error) !=
            uri_rows[i].allowed)
            fail_msg("%s: %s", uri_rows[i].uri, error.text);
        if (!uri_rows[i].allowed &&
            strstr(error.text, "AWS_CONTAINER_CREDENTIALS_FULL_URI") == NULL)
            fail_msg("%s: %s", uri_rows[i].uri, error.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sts),
        cmocka_unit_test(test_long_value),
        cmocka_unit_test(test_uris),
    };

    return cmocka_run_group_tests_name("aws_sources", tests, NULL, NULL);
}
