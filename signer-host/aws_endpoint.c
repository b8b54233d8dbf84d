/*
 * Finding the Region and the endpoints of KMS and STS.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aws_endpoint.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "aws_profile.h"

#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

/* A host name (RFC 1123 2.1), or an IPv6 address with its brackets. */
#define MAX_HOST 255

struct service {
    const char *name;     /* in host names and in the services section */
    const char *variable; /* of its endpoint URL */
    const char *profile_source;
};

static const struct service kms = {
    "kms", "AWS_ENDPOINT_URL_KMS",
    "endpoint_url of kms in the profile's services section"};
static const struct service sts = {
    "sts", "AWS_ENDPOINT_URL_STS",
    "endpoint_url of sts in the profile's services section"};

static const char *environment(const char *name)
{
    const char *value = getenv(name);

    return value != NULL && *value != '\0' ? value : NULL;
}

/* The variable, else the profile's key; *source is the one that has it. */
static const char *setting(const struct aws_profile *profile,
                           const char *variable, const char *key,
                           const char **source)
{
    const char *value = environment(variable);

    *source = variable;
    if (value != NULL)
        return value;
    *source = key;
    return aws_profile_get(profile, key);
}

/* A switch: anything but true and false would be guessed at. */
static bool get_flag(const struct aws_profile *profile, const char *variable,
                     const char *key, bool *flag, struct error *error)
{
    const char *source;
    const char *value = setting(profile, variable, key, &source);

    *flag = value != NULL && strcasecmp(value, "true") == 0;
    return value == NULL || *flag || strcasecmp(value, "false") == 0 ||
           error_set(error, EXIT_USAGE, "%s is neither true nor false", source);
}

/* -------------------------------------------------------------- Region --- */

/* It becomes a label of a host name. */
static bool check_region(const char *region, const char *source,
                         struct error *error)
{
    size_t len = strlen(region);

    return (len > 0 && len <= 63 && strspn(region, LOWER DIGITS "-") == len &&
            region[0] != '-' && region[len - 1] != '-' &&
            strspn(region, DIGITS) < len) ||
           error_set(error, EXIT_USAGE,
                     "%s: \"%.64s\" is no AWS Region: write it like "
                     "eu-central-1",
                     source, region);
}

static bool no_region(const struct aws_profile *profile, struct error *error)
{
    char text[AWS_PROFILE_TEXT_SIZE];

    aws_profile_describe(profile, text);
    return error_set(error, EXIT_USAGE,
                     "no AWS Region: looked at --region, ?region=, the key's "
                     "ARN, AWS_REGION, AWS_DEFAULT_REGION and `region` of %s. "
                     "Set one, for example --region eu-central-1",
                     text);
}

/* What the command line says; NULL in *region: nothing. */
static bool named_region(const struct aws_location *location,
                         const char **region, const char **source,
                         struct error *error)
{
    const struct {
        const char *source;
        const char *region;
    } places[] = {{"--region", location->region_option},
                  {"?region=", location->region_query},
                  {"the key's ARN", location->region_arn}};

    *region = NULL;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (places[i].region == NULL)
            continue;
        if (!check_region(places[i].region, places[i].source, error))
            return false;
        if (*region == NULL) {
            *region = places[i].region;
            *source = places[i].source;
        }
        if (strcmp(*region, places[i].region) != 0)
            return error_set(error, EXIT_USAGE,
                             "%s says Region %s, and %s says %s: leave one out",
                             *source, *region, places[i].source,
                             places[i].region);
    }
    return true;
}

static bool find_region(const struct aws_location *location,
                        const struct aws_profile *profile,
                        struct aws_endpoint *endpoint, struct error *error)
{
    const char *source = "AWS_REGION";
    const char *region;

    if (!named_region(location, &region, &source, error))
        return false;
    if (region == NULL) {
        region = environment(source);
        if (region == NULL)
            region = setting(profile, "AWS_DEFAULT_REGION", "region", &source);
        if (region == NULL)
            return no_region(profile, error);
        if (!check_region(region, source, error))
            return false;
    }
    endpoint->region = strdup(region);
    endpoint->region_source =
        strcmp(source, "region") == 0 ? "the profile" : source;
    return endpoint->region != NULL || out_of_memory(error);
}

/* ----------------------------------------------------------- partition --- */

struct partition {
    const char *prefix; /* of its Regions */
    const char *suffix;
    const char *dual_stack_suffix;
};

#define AWS    "amazonaws.com", "api.aws"
#define AWS_CN "amazonaws.com.cn", "api.amazonwebservices.com.cn"

static const struct partition partitions[] = {
    {"af", AWS}, {"ap", AWS}, {"ca", AWS},     {"cn", AWS_CN},
    {"eu", AWS}, {"il", AWS}, {"me", AWS},     {"mx", AWS},
    {"sa", AWS}, {"us", AWS}, {"us-gov", AWS},
};

/* A Region, which does not end with a hyphen, is PREFIX-PLACE-NUMBER. NULL:
 * none that is known. */
static const struct partition *find_partition(const char *region)
{
    for (size_t i = 0; i < sizeof partitions / sizeof partitions[0]; i++) {
        size_t len = strlen(partitions[i].prefix);
        const char *place;
        const char *number;

        if (strncmp(region, partitions[i].prefix, len) != 0 ||
            region[len] != '-')
            continue;
        place = region + len + 1;
        number = place + strspn(place, LOWER);
        if (number == place || *number++ != '-')
            continue;
        if (strspn(number, DIGITS) == strlen(number))
            return &partitions[i];
    }
    return NULL;
}

/* STS has no FIPS names of its own in us-gov: all of its are. */
static const char *fips_suffix(const struct service *service,
                               const char *region, bool fips)
{
    return fips && (service != &sts || strncmp(region, "us-gov-", 7) != 0)
               ? "-fips"
               : "";
}

static bool default_url(const struct service *service, const char *region,
                        bool fips, bool dual_stack, char **url,
                        struct error *error)
{
    const struct partition *partition = find_partition(region);

    if (partition == NULL)
        return error_set(error, EXIT_USAGE,
                         "the endpoint of %s in Region %s is not known: check "
                         "the Region, or set %s",
                         service == &kms ? "KMS" : "STS", region,
                         service->variable);
    if (asprintf(url, "https://%s%s.%s.%s", service->name,
                 fips_suffix(service, region, fips), region,
                 dual_stack ? partition->dual_stack_suffix
                            : partition->suffix) >= 0)
        return true;
    *url = NULL;
    return out_of_memory(error);
}

/* ----------------------------------------------------------------- URL --- */

/* A URL in parts. Its text never goes into a message: it may hold a
 * password. */
struct url {
    bool https;
    char host[MAX_HOST + 1]; /* in lower case */
    unsigned port;           /* 0: the scheme's own */
    const char *path;        /* without a slash at its end */
    size_t path_len;
};

static bool refuse_url(const char *source, const char *what,
                       struct error *error)
{
    return error_set(error, EXIT_USAGE, "%s: the endpoint URL %s", source,
                     what);
}

bool aws_host_is_loopback(const char *host)
{
    struct in_addr v4;
    struct in6_addr v6;
    char text[MAX_HOST + 1];

    if (strcmp(host, "localhost") == 0)
        return true;
    if (host[0] != '[')
        return inet_pton(AF_INET, host, &v4) == 1 &&
               ntohl(v4.s_addr) >> 24 == 127;
    (void)snprintf(text, sizeof text, "%.*s", (int)strlen(host) - 2, host + 1);
    return inet_pton(AF_INET6, text, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

/* [ADDRESS] or NAME at text; returns its length, 0: neither. */
static size_t host_length(const char *text)
{
    size_t len;

    if (*text != '[') {
        len = strspn(text, LOWER UPPER DIGITS "-._");
        return len <= MAX_HOST ? len : 0;
    }
    len = 1 + strspn(text + 1, DIGITS "abcdefABCDEF:.");
    return text[len] == ']' && len > 1 && len < MAX_HOST ? len + 1 : 0;
}

static bool parse_port(const char **at, unsigned *port)
{
    size_t len;

    *port = 0;
    if (**at != ':')
        return true;
    ++*at;
    len = strspn(*at, DIGITS);
    if (len > 5)
        return false;
    for (; len > 0; len--)
        *port = *port * 10 + (unsigned)(*(*at)++ - '0');
    return *port > 0 && *port <= 65535;
}

static bool parse_authority(const char **at, const char *source,
                            struct url *url, struct error *error)
{
    size_t len;

    if (memchr(*at, '@', strcspn(*at, "/?#")) != NULL)
        return refuse_url(source,
                          "holds a user name: credentials are AWS's, take it "
                          "out",
                          error);
    len = host_length(*at);
    if (len == 0)
        return refuse_url(source, "has no valid host: write HOST or HOST:PORT",
                          error);
    for (size_t i = 0; i < len; i++)
        url->host[i] = (*at)[i] >= 'A' && (*at)[i] <= 'Z'
                           ? (char)((*at)[i] - 'A' + 'a')
                           : (*at)[i];
    url->host[len] = '\0';
    *at += len;
    if (!parse_port(at, &url->port) ||
        (**at != '\0' && **at != '/' && **at != '?' && **at != '#'))
        return refuse_url(source,
                          "has no valid port: write HOST:PORT, a number up to "
                          "65535",
                          error);
    return true;
}

/* Only what every program spells alike, because it is signed. */
static bool parse_path(const char *at, const char *source, struct url *url,
                       struct error *error)
{
    size_t len = strlen(at);

    if (strchr(at, '?') != NULL || strchr(at, '#') != NULL)
        return refuse_url(source, "has a query or a fragment: take it out",
                          error);
    if (strspn(at, LOWER UPPER DIGITS "-._~/") != len ||
        strstr(at, "//") != NULL || strstr(at, "/.") != NULL)
        return refuse_url(source,
                          "has a path that is more than names and slashes: "
                          "simplify it",
                          error);
    url->path = at;
    url->path_len = len > 0 && at[len - 1] == '/' ? len - 1 : len;
    return true;
}

static bool parse_url(const char *text, const char *source, struct url *url,
                      struct error *error)
{
    url->https = strncasecmp(text, "https://", 8) == 0;
    if (!url->https && strncasecmp(text, "http://", 7) != 0)
        return refuse_url(source, "begins with neither https:// nor http://",
                          error);
    text += url->https ? 8 : 7;
    if (!parse_authority(&text, source, url, error) ||
        !parse_path(text, source, url, error))
        return false;
    if (!url->https && !aws_host_is_loopback(url->host))
        return refuse_url(source,
                          "is http, which is for loopback only (localhost, "
                          "127.0.0.0/8, [::1]): use https",
                          error);
    if (url->port == (url->https ? 443 : 80))
        url->port = 0;
    return true;
}

/* awskms://HOST:PORT/: https, except http for loopback. */
static bool parse_host(const char *text, struct url *url, struct error *error)
{
    static const char source[] = "the key URI's host";

    if (!parse_authority(&text, source, url, error))
        return false;
    if (*text != '\0')
        return refuse_url(source, "is more than HOST:PORT", error);
    url->https = !aws_host_is_loopback(url->host);
    if (url->port == (url->https ? 443 : 80))
        url->port = 0;
    url->path = "";
    url->path_len = 0;
    return true;
}

static bool put_url(const struct url *url, struct aws_endpoint *endpoint,
                    struct error *error)
{
    char port[16] = "";

    if (url->port != 0)
        (void)snprintf(port, sizeof port, ":%u", url->port);
    if (asprintf(&endpoint->host, "%s%s", url->host, port) < 0) {
        endpoint->host = NULL;
        return out_of_memory(error);
    }
    if (asprintf(&endpoint->url, "http%s://%s%.*s", url->https ? "s" : "",
                 endpoint->host, (int)url->path_len, url->path) < 0) {
        endpoint->url = NULL;
        return out_of_memory(error);
    }
    endpoint->loopback = aws_host_is_loopback(url->host);
    return true;
}

/* ---------------------------------------------------------- precedence --- */

/* The configured endpoint URL; NULL in *url: none. */
static bool configured_url(const struct service *service,
                           const struct aws_profile *profile, const char **url,
                           const char **source, struct error *error)
{
    const char *const variables[] = {service->variable, "AWS_ENDPOINT_URL"};
    bool ignored;

    *url = NULL;
    if (!get_flag(profile, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
                  "ignore_configured_endpoint_urls", &ignored, error))
        return false;
    if (ignored)
        return true;
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        *source = variables[i];
        *url = environment(variables[i]);
        if (*url != NULL)
            return true;
    }
    *source = service->profile_source;
    if (!aws_profile_get_service(profile, service->name, "endpoint_url", url,
                                 error))
        return false;
    if (*url != NULL)
        return true;
    *source = "endpoint_url of the profile";
    *url = aws_profile_get(profile, "endpoint_url");
    return true;
}

static bool refuse_variants(const char *source, bool fips, struct error *error)
{
    return error_set(error, EXIT_USAGE,
                     "%s is set, and %s asks for another kind of endpoint: "
                     "take one of them back",
                     source,
                     fips ? "AWS_USE_FIPS_ENDPOINT (use_fips_endpoint)"
                          : "AWS_USE_DUALSTACK_ENDPOINT "
                            "(use_dualstack_endpoint)");
}

static bool make_url(const struct service *service, const char *custom,
                     bool fips, bool dual_stack, struct aws_endpoint *endpoint,
                     struct error *error)
{
    struct url url;
    char *made = NULL;
    bool done;

    if (custom == NULL) {
        endpoint->url_source = "the Region";
        if (!default_url(service, endpoint->region, fips, dual_stack, &made,
                         error))
            return false;
    }
    done = parse_url(custom != NULL ? custom : made, endpoint->url_source, &url,
                     error) &&
           put_url(&url, endpoint, error);
    free(made);
    return done;
}

static bool find_url(const struct service *service, const char *host,
                     const struct aws_profile *profile,
                     struct aws_endpoint *endpoint, struct error *error)
{
    const char *custom = host;
    struct url url;
    bool fips;
    bool dual_stack;

    endpoint->url_source = "the key URI's host";
    if (!get_flag(profile, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint", &fips,
                  error) ||
        !get_flag(profile, "AWS_USE_DUALSTACK_ENDPOINT",
                  "use_dualstack_endpoint", &dual_stack, error) ||
        (host == NULL && !configured_url(service, profile, &custom,
                                         &endpoint->url_source, error)))
        return false;
    if (custom != NULL && (fips || dual_stack))
        return refuse_variants(endpoint->url_source, fips, error);
    if (host != NULL)
        return parse_host(host, &url, error) && put_url(&url, endpoint, error);
    return make_url(service, custom, fips, dual_stack, endpoint, error);
}

static bool find_ca_bundle(const struct aws_profile *profile,
                           struct aws_endpoint *endpoint, struct error *error)
{
    const char *source;
    const char *path = setting(profile, "AWS_CA_BUNDLE", "ca_bundle", &source);

    endpoint->ca_bundle = path != NULL ? strdup(path) : NULL;
    return endpoint->ca_bundle != NULL || path == NULL || out_of_memory(error);
}

static bool find(const struct service *service,
                 const struct aws_location *location,
                 struct aws_endpoint *endpoint, struct error *error)
{
    struct aws_profile profile;
    bool done;

    memset(endpoint, 0, sizeof *endpoint);
    if (!aws_profile_load(location->profile, &profile, error))
        return false;
    done = find_region(location, &profile, endpoint, error) &&
           find_url(service, location->host, &profile, endpoint, error) &&
           find_ca_bundle(&profile, endpoint, error);
    aws_profile_clear(&profile);
    if (!done)
        aws_endpoint_clear(endpoint);
    return done;
}

bool aws_endpoint_find(const struct aws_location *location,
                       struct aws_endpoint *endpoint, struct error *error)
{
    return find(&kms, location, endpoint, error);
}

bool aws_endpoint_find_sts(const char *profile, const char *region,
                           struct aws_endpoint *endpoint, struct error *error)
{
    const struct aws_location location = {.region_option = region,
                                          .profile = profile};

    return find(&sts, &location, endpoint, error);
}

void aws_endpoint_clear(struct aws_endpoint *endpoint)
{
    free(endpoint->region);
    free(endpoint->url);
    free(endpoint->host);
    free(endpoint->ca_bundle);
    memset(endpoint, 0, sizeof *endpoint);
}
