/*
 * Region and endpoint of KMS.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aws_endpoint.h"

#include "aws_setup.h"
#include "support.h"

#define COUNT(rows) (sizeof rows / sizeof rows[0])

/* Stands in for a password in a URL. */
#define SECRET "s3cr3t"

#define SERVICES                                                               \
    "[default]\nregion = eu-west-1\nservices = s\nendpoint_url = "             \
    "https://profile\n[services s]\nkms =\n  endpoint_url = https://service\n"

/* Which Region, from where; NULL: a part of the error is given. */
static const struct {
    const char *name;
    struct aws_location location;
    const char *variables;
    const char *config;
    const char *region;
    const char *error;
} region_rows[] = {
    {"option", {.region_option = "eu-west-1"}, NULL, NULL, "eu-west-1", NULL},
    {"query", {.region_query = "eu-west-1"}, NULL, NULL, "eu-west-1", NULL},
    {"ARN", {.region_arn = "eu-west-1"}, NULL, NULL, "eu-west-1", NULL},
    {"all three",
     {.region_option = "eu-west-1",
      .region_query = "eu-west-1",
      .region_arn = "eu-west-1"},
     NULL,
     NULL,
     "eu-west-1",
     NULL},
    {"option before environment",
     {.region_option = "eu-west-1"},
     "AWS_REGION=us-east-1",
     "[default]\nregion = us-east-2\n",
     "eu-west-1",
     NULL},
    {"ARN before environment",
     {.region_arn = "eu-west-1"},
     "AWS_REGION=us-east-1",
     "[default]\nregion = us-east-2\n",
     "eu-west-1",
     NULL},
    {"AWS_REGION",
     {0},
     "AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=us-east-1",
     "[default]\nregion = us-east-2\n",
     "eu-west-1",
     NULL},
    {"AWS_DEFAULT_REGION",
     {0},
     "AWS_REGION= AWS_DEFAULT_REGION=eu-west-1",
     "[default]\nregion = us-east-2\n",
     "eu-west-1",
     NULL},
    {"profile",
     {0},
     NULL,
     "[default]\nregion = eu-west-1\n",
     "eu-west-1",
     NULL},
    {"AWS_PROFILE",
     {0},
     "AWS_PROFILE=x",
     "[default]\nregion = us-east-2\n[profile x]\nregion = eu-west-1\n",
     "eu-west-1",
     NULL},
    {"a named profile fills in only",
     {.profile = "x"},
     "AWS_REGION=eu-west-1",
     "[profile x]\nregion = us-east-2\n",
     "eu-west-1",
     NULL},
    {"option and query",
     {.region_option = "eu-west-1", .region_query = "eu-west-2"},
     NULL,
     NULL,
     NULL,
     "--region says Region eu-west-1, and ?region= says "
     "eu-west-2"},
    {"option and ARN",
     {.region_option = "eu-west-1", .region_arn = "eu-west-2"},
     NULL,
     NULL,
     NULL,
     "--region says Region eu-west-1, and the key's ARN says "
     "eu-west-2"},
    {"query and ARN",
     {.region_query = "eu-west-1", .region_arn = "eu-west-2"},
     NULL,
     NULL,
     NULL,
     "?region= says Region eu-west-1, and the key's ARN"},
    {"none",
     {0},
     NULL,
     "[default]\noutput = json\n",
     NULL,
     "no AWS Region: looked at --region, ?region=, the key's ARN, AWS_REGION, "
     "AWS_DEFAULT_REGION and `region` of profile default in "},
    {"AWS_PROFILE missing",
     {0},
     "AWS_PROFILE=x",
     NULL,
     NULL,
     "of profile x (in neither "},
    {"named profile missing",
     {.profile = "x"},
     "AWS_REGION=eu-west-1",
     NULL,
     NULL,
     "has a profile x"},
    {"empty option",
     {.region_option = ""},
     NULL,
     NULL,
     NULL,
     "--region: \"\" is no AWS Region"},
    {"upper case",
     {.region_query = "EU-WEST-1"},
     NULL,
     NULL,
     NULL,
     "?region=: \"EU-WEST-1\" is no AWS Region"},
    {"another host",
     {0},
     "AWS_REGION=x.evil.com/",
     NULL,
     NULL,
     "AWS_REGION: \"x.evil.com/\" is no AWS Region"},
    {"another host in the profile",
     {0},
     NULL,
     "[default]\nregion = a@b\n",
     NULL,
     "region: \"a@b\" is no AWS Region"},
    {"hyphen first", {.region_option = "-eu-west-1"}, NULL, NULL, NULL, "no "},
    {"hyphen last", {.region_option = "eu-west-1-"}, NULL, NULL, NULL, "no "},
    {"a number", {.region_option = "123"}, NULL, NULL, NULL, "is no AWS"},
    {"64 characters",
     {.region_option = "eu-west-1eu-west-1eu-west-1eu-west-"
                       "1eu-west-1eu-west-1eu-west-11"},
     NULL,
     NULL,
     NULL,
     "is no AWS Region"},
    {"unknown",
     {.region_option = "zz-east-1"},
     NULL,
     NULL,
     NULL,
     "Region zz-east-1 is not known: check the Region, or set "
     "AWS_ENDPOINT_URL_KMS"},
};

static void test_region(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(region_rows); i++) {
        struct aws_endpoint endpoint;
        struct error error = {.text = ""};
        bool done;

        aws_given(region_rows[i].variables, NULL, region_rows[i].config);
        done = aws_endpoint_find(&region_rows[i].location, &endpoint, &error);
        if (done != (region_rows[i].region != NULL) ||
            (done && strcmp(endpoint.region, region_rows[i].region) != 0))
            fail_msg("%s: %s %s", region_rows[i].name, endpoint.region,
                     error.text);
        if (done) {
            assert_string_equal(endpoint.url,
                                "https://kms.eu-west-1.amazonaws.com");
            aws_endpoint_clear(&endpoint);
            continue;
        }
        assert_int_equal(error.status, EXIT_USAGE);
        if (strstr(error.text, region_rows[i].error) == NULL)
            fail_msg("%s: %s", region_rows[i].name, error.text);
    }
}

/* The partitions, as AWS's endpoints.json has them. */
static const struct {
    const char *region;
    const char *host; /* NULL: not known */
    const char *fips; /* and so on: see test_partitions */
    const char *dual_stack;
    const char *both;
} partition_rows[] = {
    {"us-east-1", "kms.us-east-1.amazonaws.com",
     "kms-fips.us-east-1.amazonaws.com", "kms.us-east-1.api.aws",
     "kms-fips.us-east-1.api.aws"},
    {"ap-southeast-3", "kms.ap-southeast-3.amazonaws.com",
     "kms-fips.ap-southeast-3.amazonaws.com", "kms.ap-southeast-3.api.aws",
     "kms-fips.ap-southeast-3.api.aws"},
    {"us-gov-west-1", "kms.us-gov-west-1.amazonaws.com",
     "kms-fips.us-gov-west-1.amazonaws.com", "kms.us-gov-west-1.api.aws",
     "kms-fips.us-gov-west-1.api.aws"},
    {"cn-northwest-1", "kms.cn-northwest-1.amazonaws.com.cn",
     "kms-fips.cn-northwest-1.amazonaws.com.cn",
     "kms.cn-northwest-1.api.amazonwebservices.com.cn",
     "kms-fips.cn-northwest-1.api.amazonwebservices.com.cn"},
    {"af-south-1", "kms.af-south-1.amazonaws.com", NULL, NULL, NULL},
    {"ca-west-1", "kms.ca-west-1.amazonaws.com", NULL, NULL, NULL},
    {"il-central-1", "kms.il-central-1.amazonaws.com", NULL, NULL, NULL},
    {"me-south-1", "kms.me-south-1.amazonaws.com", NULL, NULL, NULL},
    {"mx-central-1", "kms.mx-central-1.amazonaws.com", NULL, NULL, NULL},
    {"sa-east-1", "kms.sa-east-1.amazonaws.com", NULL, NULL, NULL},
    {"us-iso-east-1", NULL, NULL, NULL, NULL},
    {"us-isob-east-1", NULL, NULL, NULL, NULL},
    {"eu-isoe-west-1", NULL, NULL, NULL, NULL},
    {"eusc-de-east-1", NULL, NULL, NULL, NULL},
    {"us-east-1-fips", NULL, NULL, NULL, NULL},
    {"fips-us-gov-west-1", NULL, NULL, NULL, NULL},
    {"aws-global", NULL, NULL, NULL, NULL},
    {"us-east", NULL, NULL, NULL, NULL},
    {"us-east-", NULL, NULL, NULL, NULL},
    {"us--1", NULL, NULL, NULL, NULL},
    {"us-1", NULL, NULL, NULL, NULL},
    {"us", NULL, NULL, NULL, NULL},
    {"us-gov", NULL, NULL, NULL, NULL},
    {"useast-1", NULL, NULL, NULL, NULL},
};

static void check_host(const char *variables, const char *config,
                       const char *region, const char *host)
{
    const struct aws_location location = {.region_option = region};
    struct aws_endpoint endpoint;
    struct error error = {.text = ""};
    bool done;

    aws_given(variables, NULL, config);
    done = aws_endpoint_find(&location, &endpoint, &error);
    if (done != (host != NULL) || (done && strcmp(endpoint.host, host) != 0))
        fail_msg("%s: %s %s", region, endpoint.host, error.text);
    if (!done)
        return;
    assert_memory_equal(endpoint.url, "https://", 8);
    assert_string_equal(endpoint.url + 8, host);
    assert_false(endpoint.loopback);
    assert_null(endpoint.ca_bundle);
    aws_endpoint_clear(&endpoint);
}

#define FIPS       "AWS_USE_FIPS_ENDPOINT="
#define DUAL_STACK "AWS_USE_DUALSTACK_ENDPOINT="

static void test_partitions(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(partition_rows); i++) {
        const char *region = partition_rows[i].region;

        check_host(FIPS "false " DUAL_STACK "False",
                   "[default]\nuse_fips_endpoint = true\n"
                   "use_dualstack_endpoint = true\n",
                   region, partition_rows[i].host);
        if (partition_rows[i].fips == NULL)
            continue;
        check_host(FIPS "True", NULL, region, partition_rows[i].fips);
        check_host(DUAL_STACK "true", NULL, region,
                   partition_rows[i].dual_stack);
        check_host(FIPS "true " DUAL_STACK "true", NULL, region,
                   partition_rows[i].both);
        check_host(NULL, "[default]\nuse_fips_endpoint = true\n", region,
                   partition_rows[i].fips);
        check_host(FIPS, "[default]\nuse_dualstack_endpoint = TRUE\n", region,
                   partition_rows[i].dual_stack);
    }
}

#define IGNORE "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS="
#define BOTH   "AWS_ENDPOINT_URL_KMS=https://kms AWS_ENDPOINT_URL=https://all"
#define AWS    "https://kms.eu-west-1.amazonaws.com"

/* Which URL, in the order of precedence. */
static const struct {
    const char *name;
    const char *host;
    const char *variables;
    const char *config;
    const char *url; /* NULL: a part of the error is given */
    const char *error;
} precedence_rows[] = {
    {"host", "host", BOTH, SERVICES, "https://host", NULL},
    {"AWS_ENDPOINT_URL_KMS", NULL, BOTH, SERVICES, "https://kms", NULL},
    {"AWS_ENDPOINT_URL", NULL,
     "AWS_ENDPOINT_URL_KMS= AWS_ENDPOINT_URL=https://all", SERVICES,
     "https://all", NULL},
    {"services section", NULL, NULL, SERVICES, "https://service", NULL},
    {"profile", NULL, NULL,
     "[default]\nservices = s\nendpoint_url = https://profile\n[services s]\n"
     "s3 =\n  endpoint_url = https://s3\n",
     "https://profile", NULL},
    {"ignored", NULL, BOTH " " IGNORE "true", SERVICES, AWS, NULL},
    {"ignored by the profile", NULL, BOTH,
     "[default]\nignore_configured_endpoint_urls = true\n", AWS, NULL},
    {"not ignored", NULL, BOTH " " IGNORE "false",
     "[default]\nignore_configured_endpoint_urls = true\n", "https://kms",
     NULL},
    {"a host is not ignored", "host", IGNORE "true", NULL, "https://host",
     NULL},
    {"ignored with FIPS", NULL, BOTH " " IGNORE "true " FIPS "true", NULL,
     "https://kms-fips.eu-west-1.amazonaws.com", NULL},
    {"missing services section", NULL, NULL, "[default]\nservices = s\n", NULL,
     "has no [services s]"},
    {"no boolean", NULL, IGNORE "1", NULL, NULL,
     "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is neither true nor false"},
    {"no boolean for FIPS", NULL, FIPS "yes", NULL, NULL,
     "AWS_USE_FIPS_ENDPOINT is neither true nor false"},
    {"no boolean in the profile", NULL, NULL,
     "[default]\nuse_dualstack_endpoint = on\n", NULL,
     "use_dualstack_endpoint is neither true nor false"},
    {"URL and FIPS", NULL, BOTH " " FIPS "true", NULL, NULL,
     "AWS_ENDPOINT_URL_KMS is set, and AWS_USE_FIPS_ENDPOINT"},
    {"URL and dual-stack", NULL, NULL,
     "[default]\nuse_dualstack_endpoint = true\nendpoint_url = https://a\n",
     NULL, "endpoint_url of the profile is set, and AWS_USE_DUALSTACK"},
    {"host and FIPS", "localhost:1", FIPS "true", NULL, NULL,
     "the key URI's host is set, and AWS_USE_FIPS_ENDPOINT"},
};

static void test_precedence(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(precedence_rows); i++) {
        const struct aws_location location = {.region_option = "eu-west-1",
                                              .host = precedence_rows[i].host};
        struct aws_endpoint endpoint;
        struct error error = {.text = ""};
        bool done;

        aws_given(precedence_rows[i].variables, NULL,
                  precedence_rows[i].config);
        done = aws_endpoint_find(&location, &endpoint, &error);
        if (done != (precedence_rows[i].url != NULL) ||
            (done && strcmp(endpoint.url, precedence_rows[i].url) != 0))
            fail_msg("%s: %s %s", precedence_rows[i].name, endpoint.url,
                     error.text);
        if (done) {
            aws_endpoint_clear(&endpoint);
            continue;
        }
        assert_int_equal(error.status, EXIT_USAGE);
        if (strstr(error.text, precedence_rows[i].error) == NULL)
            fail_msg("%s: %s", precedence_rows[i].name, error.text);
    }
}

struct url_row {
    const char *text;
    const char *url; /* NULL: refused, with this part of an error in host */
    const char *host;
    bool loopback;
};

static const struct url_row url_rows[] = {
    {"https://kms.example.com", "https://kms.example.com", "kms.example.com",
     false},
    {"https://kms.example.com/", "https://kms.example.com", "kms.example.com",
     false},
    {"HTTPS://KMS.Example.com:443/A/b/", "https://kms.example.com/A/b",
     "kms.example.com", false},
    {"https://h:8443/p", "https://h:8443/p", "h:8443", false},
    {"https://10.0.0.1", "https://10.0.0.1", "10.0.0.1", false},
    {"https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443",
     "[2001:db8::1]:8443", false},
    {"https://vpce-1_a.kms.eu-west-1.vpce.amazonaws.com",
     "https://vpce-1_a.kms.eu-west-1.vpce.amazonaws.com",
     "vpce-1_a.kms.eu-west-1.vpce.amazonaws.com", false},
    {"http://localhost:4566", "http://localhost:4566", "localhost:4566", true},
    {"http://LOCALHOST", "http://localhost", "localhost", true},
    {"http://127.0.0.1:80/x", "http://127.0.0.1/x", "127.0.0.1", true},
    {"http://127.1.2.3:443", "http://127.1.2.3:443", "127.1.2.3:443", true},
    {"http://[::1]:8080", "http://[::1]:8080", "[::1]:8080", true},
    {"http://[0:0:0:0:0:0:0:1]", "http://[0:0:0:0:0:0:0:1]",
     "[0:0:0:0:0:0:0:1]", true},
    {"https://localhost:80", "https://localhost:80", "localhost:80", true},
    {"http://kms.example.com", NULL, "is http, which is for loopback only",
     false},
    {"http://localhost.example.com", NULL, "is for loopback only", false},
    {"http://127.0.0.1.example.com", NULL, "is for loopback only", false},
    {"http://128.0.0.1", NULL, "is for loopback only", false},
    {"http://127.1", NULL, "is for loopback only", false},
    {"http://[::2]", NULL, "is for loopback only", false},
    {"http://[::]", NULL, "is for loopback only", false},
    {"https://user:" SECRET "@h", NULL, "holds a user name", false},
    {"https://" SECRET "@h", NULL, "holds a user name", false},
    {"http://localhost:80@h", NULL, "holds a user name", false},
    {"https://h?a=" SECRET, NULL, "has a query or a fragment", false},
    {"https://h/p?", NULL, "has a query or a fragment", false},
    {"https://h/#a", NULL, "has a query or a fragment", false},
    {"https://h//p", NULL, "has a path that is more", false},
    {"https://h/../p", NULL, "has a path that is more", false},
    {"https://h/p%2f", NULL, "has a path that is more", false},
    {"https://h/a@b", NULL, "has a path that is more", false},
    {"https://", NULL, "has no valid host", false},
    {"https:///p", NULL, "has no valid host", false},
    {"https://[::1", NULL, "has no valid host", false},
    {"https://[]", NULL, "has no valid host", false},
    {"https://[fe80::1%251]", NULL, "has no valid host", false},
    {"https://h:", NULL, "has no valid port", false},
    {"https://h:0", NULL, "has no valid port", false},
    {"https://h:65536", NULL, "has no valid port", false},
    {"https://h:4294967739", NULL, "has no valid port", false},
    {"https://h:100000", NULL, "has no valid port", false},
    {"https://h:1a", NULL, "has no valid port", false},
    {"https://h\\p", NULL, "has no valid port", false},
    {"https://h\r\np", NULL, "has no valid port", false},
    {"ftp://h", NULL, "begins with neither https:// nor http://", false},
    {"h:8443", NULL, "begins with neither", false},
};

/* What awskms://HOST:PORT/... names. */
static const struct url_row host_rows[] = {
    {"kms.example.com", "https://kms.example.com", "kms.example.com", false},
    {"h:8443", "https://h:8443", "h:8443", false},
    {"h:443", "https://h", "h", false},
    {"localhost:4566", "http://localhost:4566", "localhost:4566", true},
    {"127.0.0.1:80", "http://127.0.0.1", "127.0.0.1", true},
    {"[::1]:8080", "http://[::1]:8080", "[::1]:8080", true},
    {"127.0.0.1.example.com", "https://127.0.0.1.example.com",
     "127.0.0.1.example.com", false},
    {"", NULL, "has no valid host", false},
    {":80", NULL, "has no valid host", false},
    {"u:" SECRET "@h", NULL, "holds a user name", false},
    {"h/p", NULL, "is more than HOST:PORT", false},
    {"h?a", NULL, "is more than HOST:PORT", false},
    {"h:x", NULL, "has no valid port", false},
};

static void check_url(const struct url_row *row, const char *host)
{
    const struct aws_location location = {.region_option = "eu-west-1",
                                          .host = host};
    struct aws_endpoint endpoint;
    struct error error = {.text = ""};
    bool done = aws_endpoint_find(&location, &endpoint, &error);

    if (done != (row->url != NULL) ||
        (done && (strcmp(endpoint.url, row->url) != 0 ||
                  strcmp(endpoint.host, row->host) != 0 ||
                  endpoint.loopback != row->loopback)))
        fail_msg("%s: %s %s %d %s", row->text, endpoint.url, endpoint.host,
                 endpoint.loopback, error.text);
    if (done) {
        aws_endpoint_clear(&endpoint);
        return;
    }
    assert_int_equal(error.status, EXIT_USAGE);
    if (strstr(error.text, row->host) == NULL ||
        strstr(error.text, SECRET) != NULL)
        fail_msg("%s: %s", row->text, error.text);
}

static void test_urls(void **state)
{
    (void)state;
    aws_given(NULL, NULL, NULL);
    for (size_t i = 0; i < COUNT(url_rows); i++) {
        assert_int_equal(setenv("AWS_ENDPOINT_URL", url_rows[i].text, 1), 0);
        check_url(&url_rows[i], NULL);
    }
}

static void test_hosts(void **state)
{
    (void)state;
    aws_given(NULL, NULL, NULL);
    for (size_t i = 0; i < COUNT(host_rows); i++)
        check_url(&host_rows[i], host_rows[i].text);
}

/* A host name as long as there can be one, and longer ones. */
static void test_long_hosts(void **state)
{
    char text[300];

    (void)state;
    aws_given(NULL, NULL, NULL);
    for (size_t len = 254; len < sizeof text; len++) {
        const struct aws_location location = {.region_option = "eu-west-1",
                                              .host = text};
        struct aws_endpoint endpoint;
        struct error error;

        memset(text, 'a', len);
        text[len] = '\0';
        if (aws_endpoint_find(&location, &endpoint, &error) != (len <= 255))
            fail_msg("%zu", len);
        if (len <= 255)
            aws_endpoint_clear(&endpoint);
    }
}

/* STS: the same rules, other names. */
static const struct {
    const char *name;
    const char *variables;
    const char *config;
    const char *url; /* or a part of the error */
} sts_rows[] = {
    {"the Region's", NULL, NULL, "https://sts.eu-west-1.amazonaws.com"},
    {"of STS", "AWS_ENDPOINT_URL_STS=https://a AWS_ENDPOINT_URL=https://b",
     NULL, "https://a"},
    {"of all", "AWS_ENDPOINT_URL_KMS=https://a AWS_ENDPOINT_URL=https://b",
     NULL, "https://b"},
    {"not of KMS", "AWS_ENDPOINT_URL_KMS=https://a", NULL,
     "https://sts.eu-west-1.amazonaws.com"},
    {"of the services section", NULL,
     "[default]\nservices = s\n[services s]\nsts =\n  endpoint_url = "
     "https://c\n",
     "https://c"},
    {"ignored",
     "AWS_ENDPOINT_URL_STS=https://a AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true",
     NULL, "https://sts.eu-west-1.amazonaws.com"},
    {"FIPS", "AWS_USE_FIPS_ENDPOINT=true", NULL,
     "https://sts-fips.eu-west-1.amazonaws.com"},
    {"dual-stack", "AWS_USE_DUALSTACK_ENDPOINT=true", NULL,
     "https://sts.eu-west-1.api.aws"},
    {"http", "AWS_ENDPOINT_URL_STS=http://a", NULL, "loopback only"},
};

static void test_sts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(sts_rows); i++) {
        struct aws_endpoint endpoint;
        struct error error = {.text = ""};

        aws_given(sts_rows[i].variables, NULL, sts_rows[i].config);
        if (aws_endpoint_find_sts(NULL, "eu-west-1", &endpoint, &error)) {
            assert_string_equal(endpoint.url, sts_rows[i].url);
            aws_endpoint_clear(&endpoint);
        } else if (strstr(error.text, sts_rows[i].url) == NULL) {
            fail_msg("%s: %s", sts_rows[i].name, error.text);
        }
    }
}

/* In us-gov there are no others than FIPS ones. */
static void test_sts_of_gov_cloud(void **state)
{
    struct aws_endpoint endpoint;
    struct error error = {.text = ""};

    (void)state;
    aws_given("AWS_USE_FIPS_ENDPOINT=true", NULL, NULL);
    assert_true(
        aws_endpoint_find_sts(NULL, "us-gov-west-1", &endpoint, &error));
    assert_string_equal(endpoint.url,
                        "https://sts.us-gov-west-1.amazonaws.com");
    aws_endpoint_clear(&endpoint);
}

static void test_ca_bundle(void **state)
{
    static const struct {
        const char *variables;
        const char *config;
        const char *path;
    } rows[] = {
        {"AWS_CA_BUNDLE=/a", "[default]\nca_bundle = /b\n", "/a"},
        {"AWS_CA_BUNDLE=", "[default]\nca_bundle = /b\n", "/b"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct aws_location location = {.region_option = "eu-west-1"};
        struct aws_endpoint endpoint;
        struct error error;

        aws_given(rows[i].variables, NULL, rows[i].config);
        assert_true(aws_endpoint_find(&location, &endpoint, &error));
        assert_string_equal(endpoint.ca_bundle, rows[i].path);
        aws_endpoint_clear(&endpoint);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_region),
        cmocka_unit_test(test_partitions),
        cmocka_unit_test(test_precedence),
        cmocka_unit_test(test_urls),
        cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_long_hosts),
        cmocka_unit_test(test_sts),
        cmocka_unit_test(test_sts_of_gov_cloud),
        cmocka_unit_test(test_ca_bundle),
    };

    return cmocka_run_group_tests_name("aws_endpoint", tests, aws_setup,
                                       aws_teardown);
}
