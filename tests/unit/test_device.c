/*
 * kjwt_device.h: each rule's verdicts, and what is left of them after a restart
 * and after a power cut at every write and erase.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "admit.h"
#include "flash_cut.h"
#include "flash_ram.h"
#include "kjwt_device.h"
#include "records.h"
#include "support.h"

#define DAY     86400
#define YEAR    (365 * DAY)
#define BUILT   1700000000
#define WRITE   4u
#define SECTOR  256u
#define ENTRIES 4u
#define ISSUERS 2u

enum rules { CLAIM = 1, FLOOR = 2, NONCE = 4, ONE_SHOT = 8, JTI = 16 };

static uint8_t memory[16 * SECTOR];
static uint8_t sector[SECTOR];
static KJWT_WORK(work, 2048);
static struct kjwt_key key;

static const struct port_record layout[] = {
    {KJWT_RECORD_FLOOR, 0 * SECTOR, 1, 16},
    {KJWT_RECORD_NONCE, 2 * SECTOR, 1, sizeof(struct kjwt_nonce)},
    {KJWT_RECORD_ONE_SHOT, 4 * SECTOR, 1,
     ISSUERS * sizeof(struct kjwt_sequence)},
    {KJWT_RECORD_JTI, 6 * SECTOR, 1, 8 + ENTRIES * sizeof(struct kjwt_jti)},
};
static struct port_flash_ram ram = {memory, sizeof memory, WRITE, SECTOR};
static const struct port_flash flash = {WRITE,
                                        SECTOR,
                                        port_flash_ram_read,
                                        port_flash_ram_write,
                                        port_flash_ram_erase,
                                        &ram};
static struct port_flash_cut cut;
static const struct port_flash cut_flash = {WRITE,
                                            SECTOR,
                                            port_flash_cut_read,
                                            port_flash_cut_write,
                                            port_flash_cut_erase,
                                            &cut};
static const struct port_records records = {&cut_flash, layout,
                                            sizeof layout / sizeof layout[0]};
static const struct kjwt_store store = {port_records_load, port_records_save,
                                        (void *)&records};

static struct kjwt_floor floor_;
static struct kjwt_challenge challenge;
static struct kjwt_one_shot one_shot;
static struct kjwt_jti_ring ring;
static struct kjwt_policy policy;
static int64_t clock_;
static uint8_t random_seed;

static bool random_bytes(void *context, void *data, size_t len)
{
    uint8_t *bytes = data;

    (void)context;
    random_seed++;
    for (size_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)(random_seed * 31 + i * 7);
    return true;
}

/* All that RAM holds is lost, the flash stays. */
static void restart(void)
{
    const struct port_flash_cut uncut = {
        .flash = &flash, .random = 1, .sector = sector};

    cut = uncut;
    floor_ = (struct kjwt_floor){.store = &store,
                                 .built = BUILT,
                                 .step_s = YEAR,
                                 .write_step_s = DAY,
                                 .now = KJWT_NOW_CLOCK | KJWT_NOW_FLOOR};
    challenge =
        (struct kjwt_challenge){.store = &store, .random = random_bytes};
    /* As a firmware that has no memory to spare. */
    one_shot = (struct kjwt_one_shot){
        .store = &store, .sequences = (void *)work, .issuers = ISSUERS};
    ring = (struct kjwt_jti_ring){
        .store = &store, .memory = work, .entries = ENTRIES};
    clock_ = KJWT_TIME_UNKNOWN;
    (void)kjwt_floor_load(&floor_);
}

static int new_device(void **state)
{
    (void)state;
    key = test_key_public(test_key("rsa2048"));
    policy = (struct kjwt_policy){
        .keys = &key, .key_count = 1, .options = KJWT_TIME_UNKNOWN_OK};
    memset(memory, 0xff, sizeof memory);
    random_seed = 0;
    restart();
    return 0;
}

static struct {
    unsigned presented;
    unsigned accepted;
} seen;

/* A token against those rules; KJWT_OK only if the device acts on it. */
static kjwt_status admit(const char *original, size_t len, unsigned rules)
{
    static char token[TOKEN_SIZE];
    struct kjwt_policy adjusted = policy;
    struct kjwt_claims claims;
    struct kjwt_admission admission;
    int64_t now = clock_;
    uint32_t sum = 0;
    kjwt_status status;

    memcpy(token, original, len);
    if (rules & FLOOR)
        kjwt_floor_policy(&floor_, &adjusted, &now);
    status =
        kjwt_verify(&adjusted, work, sizeof work, token, len, now, &claims);
    status =
        kjwt_admit_begin(&admission, status, &adjusted, now, &claims, work);
    if (rules & CLAIM) {
        status = kjwt_admit_claim(&admission, "/device/id", "c0ffee");
        sum += KJWT_RULE_CLAIM;
    }
    if (rules & FLOOR) {
        status = kjwt_admit_floor(&admission, &floor_);
        sum += KJWT_RULE_FLOOR;
    }
    if (rules & NONCE) {
        status = kjwt_admit_nonce(&admission, &challenge);
        sum += KJWT_RULE_NONCE;
    }
    if (rules & ONE_SHOT) {
        status = kjwt_admit_one_shot(&admission, &one_shot);
        sum += KJWT_RULE_ONE_SHOT;
    }
    if (rules & JTI) {
        status = kjwt_admit_jti(&admission, &ring);
        sum += KJWT_RULE_JTI;
    }
    assert_int_equal(status == KJWT_OK, kjwt_admitted(&admission, sum));
    assert_false(kjwt_admitted(&admission, sum + KJWT_RULE_FLOOR));
    assert_false(kjwt_admitted(&admission, sum - KJWT_RULE_FLOOR));
    seen.presented++;
    seen.accepted += status == KJWT_OK;
    return status;
}

static kjwt_status present(unsigned rules, const char *format, ...)
{
    char claims[1024];
    va_list arguments;
    char *token;
    size_t len;

    va_start(arguments, format);
    vsnprintf(claims, sizeof claims, format, arguments);
    va_end(arguments);
    token =
        make_token(test_key("rsa2048"), "{\"alg\":\"RS256\"}", claims, &len);
    return admit(token, len, rules);
}

/* ---------------------------------------------------------------- floor --- */

/* Times are relative to BUILT. 0: the claim or the clock is missing. */
static void test_floor(void **state)
{
    static const struct {
        const char *name;
        int64_t clock, exp, nbf, iat;
        kjwt_status status;
        int64_t floor; /* after it */
    } rows[] = {
        {"iat before it", 0, DAY, 0, -5, KJWT_OK, 0},
        {"iat raises it", 0, DAY, 0, 100, KJWT_OK, 100},
        {"nbf raises it, no refusal", 0, DAY, 200, 150, KJWT_OK, 200},
        {"neither: it stays", 0, DAY, 0, 0, KJWT_OK, 200},
        {"exp before it", 0, 199, 0, 0, KJWT_ERR_EXPIRED, 200},
        {"exp at it", 0, 200, 0, 0, KJWT_ERR_EXPIRED, 200},
        {"exp after it", 0, 201, 0, 0, KJWT_OK, 200},
        {"an expired one does not raise it", 0, 200, 0, 0, KJWT_ERR_EXPIRED,
         200},
        {"exp at its own iat", 0, 5000, 0, 5000, KJWT_ERR_EXPIRED, 200},
        {"exp before its own nbf", 0, 5000, 6000, 100, KJWT_ERR_EXPIRED, 200},
        {"a step at most", 0, 9 * YEAR, 0, 3 * YEAR, KJWT_OK, YEAR + 200},
        {"the same again: no further", 0, 9 * YEAR, 0, 3 * YEAR, KJWT_OK,
         YEAR + 200},
        {"an older one: no further", 0, 9 * YEAR, 3 * YEAR - 1, 0, KJWT_OK,
         YEAR + 200},
        {"a newer one: a step", 0, 9 * YEAR, 0, 3 * YEAR + 1, KJWT_OK,
         2 * YEAR + 200},
        {"within a step: all of it", 0, 9 * YEAR, 0, 2 * YEAR + 401, KJWT_OK,
         2 * YEAR + 401},
        {"a clock, nbf as usual", 3 * YEAR, 9 * YEAR, 3 * YEAR + 1, 0,
         KJWT_ERR_NOT_YET_VALID, 2 * YEAR + 401},
        {"a clock, exp as usual", 3 * YEAR, 3 * YEAR, 0, 0, KJWT_ERR_EXPIRED,
         2 * YEAR + 401},
        {"a clock bounds the evidence", 2 * YEAR + 500, 9 * YEAR, 0,
         2 * YEAR + 600, KJWT_OK, 2 * YEAR + 500},
        {"a clock behind it is none: nbf", YEAR, 9 * YEAR, 2 * YEAR, 0, KJWT_OK,
         2 * YEAR + 500},
        {"a clock behind it is none: exp", YEAR, 2 * YEAR, 0, 0,
         KJWT_ERR_EXPIRED, 2 * YEAR + 500},
        {"a far one: a step", 0, 9 * YEAR, 0, 8 * YEAR, KJWT_OK,
         3 * YEAR + 500},
        {"just a step: all of it", 0, 9 * YEAR, 0, 4 * YEAR + 500, KJWT_OK,
         4 * YEAR + 500},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char claims[256] = "{";
        const int64_t times[] = {rows[i].exp, rows[i].nbf, rows[i].iat};
        const char *const names[] = {"exp", "nbf", "iat"};

        for (int j = 0; j < 3; j++)
            if (times[j] != 0)
                sprintf(claims + strlen(claims), "\"%s\":%lld,", names[j],
                        (long long)(BUILT + times[j]));
        strcat(claims, "\"n\":1}");
        clock_ = rows[i].clock == 0 ? KJWT_TIME_UNKNOWN : BUILT + rows[i].clock;
        print_message("# %s\n", rows[i].name);
        assert_status(present(FLOOR, "%s", claims), rows[i].status);
        assert_int_equal(floor_.time - BUILT, rows[i].floor);
    }
}

static void test_floor_policy(void **state)
{
    (void)state;
    /* Only a clock counts. */
    floor_.now = KJWT_NOW_CLOCK;
    assert_status(present(FLOOR, "{\"exp\":%d}", BUILT + DAY),
                  KJWT_ERR_TIME_UNKNOWN);
    clock_ = BUILT - 1;
    assert_status(present(FLOOR, "{\"exp\":%d}", BUILT + DAY),
                  KJWT_ERR_TIME_UNKNOWN);
    clock_ = BUILT;
    assert_status(present(FLOOR, "{\"exp\":%d}", BUILT + DAY), KJWT_OK);
    /* Only the floor counts: the clock is not looked at. */
    floor_.now = KJWT_NOW_FLOOR;
    clock_ = BUILT + 9 * DAY;
    assert_status(present(FLOOR, "{\"exp\":%d}", BUILT + DAY), KJWT_OK);
    /* leeway_s, as kjwt_verify() has it */
    policy.leeway_s = 60;
    assert_status(present(FLOOR, "{\"exp\":%d}", BUILT - 59), KJWT_OK);
    assert_status(present(FLOOR, "{\"exp\":%d}", BUILT - 60), KJWT_ERR_EXPIRED);
    floor_.now = KJWT_NOW_CLOCK;
    clock_ = BUILT - 60;
    assert_status(present(FLOOR, "{\"exp\":%d}", BUILT + DAY), KJWT_OK);
    clock_ = BUILT - 61;
    assert_status(present(FLOOR, "{\"exp\":%d}", BUILT + DAY),
                  KJWT_ERR_TIME_UNKNOWN);
    /* max_age_s against the floor: surely older. */
    floor_.now = KJWT_NOW_FLOOR;
    policy.max_age_s = 100;
    assert_status(present(FLOOR, "{\"exp\":%d}", BUILT + DAY),
                  KJWT_ERR_IAT_MISSING);
    assert_status(
        present(FLOOR, "{\"exp\":%d,\"iat\":%d}", BUILT + DAY, BUILT - 161),
        KJWT_ERR_TOO_OLD);
    assert_status(
        present(FLOOR, "{\"exp\":%d,\"iat\":%d}", BUILT + DAY, BUILT - 160),
        KJWT_OK);
    /* Without `exp`, where the policy takes that. */
    policy.options |= KJWT_EXP_OPTIONAL;
    assert_status(present(FLOOR, "{\"iat\":%d}", BUILT + 7), KJWT_OK);
    assert_int_equal(floor_.time, BUILT + 7);
    /* Issued when it had expired, but for the leeway. */
    assert_status(
        present(FLOOR, "{\"exp\":%d,\"iat\":%d}", BUILT + 100, BUILT + 159),
        KJWT_OK);
    assert_status(
        present(FLOOR, "{\"exp\":%d,\"iat\":%d}", BUILT + 100, BUILT + 160),
        KJWT_ERR_EXPIRED);
}

static void test_floor_settings(void **state)
{
    const struct kjwt_floor good = floor_;
    struct kjwt_floor bad[5] = {good, good, good, good, good};

    (void)state;
    bad[0].built = 0;
    bad[1].step_s = bad[1].write_step_s = 0;
    bad[2].write_step_s = bad[2].step_s + 1;
    bad[3].now = 0;
    bad[4].now = 4 | KJWT_NOW_CLOCK;
    for (int i = 0; i < 5; i++) {
        assert_status(kjwt_floor_load(&bad[i]), KJWT_ERR_POLICY);
        assert_int_equal(bad[i].time, 0);
    }
    /* The least of each. */
    bad[0].built = 1;
    bad[0].step_s = bad[0].write_step_s = 1;
    assert_status(kjwt_floor_load(&bad[0]), KJWT_OK);
    assert_int_equal(bad[0].time, 1);
    floor_ = bad[0];
    assert_status(present(FLOOR, "{\"exp\":2}"), KJWT_OK);
    floor_ = good;
    assert_status(kjwt_floor_load(&floor_), KJWT_OK);
    assert_status(kjwt_floor_load(NULL), KJWT_ERR_ARGUMENT);
    bad[0].store = NULL;
    assert_status(kjwt_floor_load(&bad[0]), KJWT_ERR_ARGUMENT);
    /* A later build. */
    assert_status(present(FLOOR, "{\"exp\":%d,\"iat\":%d}", BUILT + 9 * DAY,
                          BUILT + 2 * DAY),
                  KJWT_OK);
    floor_.built = BUILT + 3 * DAY;
    assert_status(kjwt_floor_load(&floor_), KJWT_OK);
    assert_int_equal(floor_.time, BUILT + 3 * DAY);
}

/* Written when it has moved by a day; what a restart loses is less than that.
 */
static void test_floor_writes(void **state)
{
    unsigned writes = 0;

    (void)state;
    for (int hour = 3; hour <= 24 * 30; hour += 3) {
        cut.units = 0;
        assert_status(present(FLOOR, "{\"exp\":%d,\"iat\":%d}",
                              BUILT + 90 * DAY, BUILT + hour * 3600),
                      KJWT_OK);
        writes += cut.units > 0;
        assert_true(floor_.time - floor_.stored < DAY);
    }
    printf("# 240 tokens in 30 days: the floor was written %u times\n", writes);
    assert_int_equal(writes, 30);
    restart();
    assert_true(floor_.time > BUILT + 29 * DAY);
    /* One token in each life: it moves all the same. */
    for (int hour = 1; hour <= 48; hour++) {
        restart();
        assert_status(present(FLOOR, "{\"exp\":%d,\"iat\":%d}",
                              BUILT + 90 * DAY, BUILT + 31 * DAY + hour * 3600),
                      KJWT_OK);
    }
    restart();
    assert_true(floor_.time > BUILT + 32 * DAY);
    /* Each time it moves, and only then. */
    floor_.write_step_s = 0;
    for (int again = 0; again < 2; again++) {
        cut.units = 0;
        assert_status(present(FLOOR, "{\"exp\":%d,\"iat\":%d}",
                              BUILT + 90 * DAY, BUILT + 33 * DAY + 1),
                      KJWT_OK);
        assert_int_equal(cut.units > 0, !again);
    }
}

/* Five years in a drawer, and a token from the year 9000. */
static void test_drawer(void **state)
{
    const int64_t today = BUILT + 5 * (int64_t)YEAR + 77;
    const int64_t far = INT64_C(221845392000);
    int tokens = 0;

    (void)state;
    /* To within what a restart may lose. */
    while (floor_.time < today - DAY && tokens < 99) {
        assert_status(present(FLOOR, "{\"exp\":%lld,\"iat\":%lld}",
                              (long long)today + DAY,
                              (long long)today + tokens),
                      KJWT_OK);
        assert_true(floor_.time <= BUILT + ++tokens * (int64_t)YEAR);
        restart();
    }
    printf("# 5 years in a drawer: caught up after %d tokens\n", tokens);
    assert_int_equal(tokens, 5);
    for (int i = 0; i < 10; i++) {
        assert_status(present(FLOOR, "{\"exp\":%lld,\"iat\":%lld}",
                              (long long)far + DAY, (long long)far),
                      KJWT_OK);
        restart();
    }
    assert_true(floor_.time <= today + 5 + YEAR);
    /* And the tokens of the year after are taken. */
    assert_status(present(FLOOR, "{\"exp\":%lld,\"iat\":%lld}",
                          (long long)today + YEAR + 9 * DAY,
                          (long long)today + YEAR + 2 * DAY),
                  KJWT_OK);
    assert_int_equal(floor_.time, today + YEAR + 2 * DAY);
}

/* Only what is genuine and meant for this device moves it. */
static void test_floor_moved_by_verified_tokens_only(void **state)
{
    size_t len;
    char *token = make_token(test_key("other2048"), "{\"alg\":\"RS256\"}",
                             "{\"exp\":9999999999,\"iat\":1700009999}", &len);

    (void)state;
    assert_status(admit(token, len, FLOOR), KJWT_ERR_SIGNATURE);
    assert_status(present(FLOOR, "{\"exp\":9999999999,\"iat\":1700009999,"
                                 "\"aud\":\"x\"}"),
                  KJWT_ERR_AUDIENCE);
    assert_status(
        present(CLAIM | FLOOR, "{\"exp\":9999999999,\"iat\":1700009999}"),
        KJWT_ERR_DEVICE);
    assert_int_equal(floor_.time, BUILT);
    /* One that a later rule refuses was issued all the same. */
    assert_status(
        present(FLOOR | ONE_SHOT, "{\"exp\":9999999999,\"iat\":1700009999}"),
        KJWT_ERR_SEQUENCE_MISSING);
    assert_int_equal(floor_.time, 1700009999);
}

/* -------------------------------------------------------------- binding --- */

static void test_claim(void **state)
{
    static const struct {
        const char *claims;
        kjwt_status status;
    } rows[] = {
        {"{\"exp\":9,\"device\":{\"id\":\"c0ffee\"}}", KJWT_OK},
        {"{\"exp\":9,\"device\":{\"id\":\"c0\\u0066fee\"}}", KJWT_OK},
        {"{\"exp\":9,\"device\":{\"id\":\"c0ffee0\"}}", KJWT_ERR_DEVICE},
        {"{\"exp\":9,\"device\":{\"id\":\"c0ffe\"}}", KJWT_ERR_DEVICE},
        {"{\"exp\":9,\"device\":{\"id\":\"C0FFEE\"}}", KJWT_ERR_DEVICE},
        {"{\"exp\":9,\"device\":{\"id\":\"\"}}", KJWT_ERR_DEVICE},
        {"{\"exp\":9,\"device\":{\"id\":[\"c0ffee\"]}}", KJWT_ERR_DEVICE},
        {"{\"exp\":9,\"device\":{\"id\":12648430}}", KJWT_ERR_DEVICE},
        {"{\"exp\":9,\"device\":{}}", KJWT_ERR_DEVICE},
        {"{\"exp\":9,\"/device/id\":\"c0ffee\"}", KJWT_ERR_DEVICE},
        {"{\"exp\":9}", KJWT_ERR_DEVICE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_status(present(CLAIM, "%s", rows[i].claims), rows[i].status);
}

static void test_device_id(void **state)
{
    static const uint8_t id[] = {0xDE, 0xAD, 0x00, 0x9f};
    char text[18];

    (void)state;
    assert_status(kjwt_device_id(text, sizeof text, "device-", id, 4), KJWT_OK);
    assert_string_equal(text, "device-dead009f");
    assert_status(kjwt_device_id(text, 16, "device-", id, 4), KJWT_OK);
    assert_status(kjwt_device_id(text, 15, "device-", id, 4),
                  KJWT_ERR_BUFFER_SIZE);
    assert_string_equal(text, "");
    assert_status(kjwt_device_id(text, 7, "device-", id, 4),
                  KJWT_ERR_BUFFER_SIZE);
    assert_status(kjwt_device_id(text, 9, "", id, 4), KJWT_OK);
    assert_string_equal(text, "dead009f");
    assert_status(kjwt_device_id(text, 9, "", id, 0), KJWT_ERR_ARGUMENT);
    assert_status(kjwt_device_id(text, 9, NULL, id, 4), KJWT_ERR_ARGUMENT);
    assert_status(kjwt_device_id(text, 9, "", NULL, 4), KJWT_ERR_ARGUMENT);
    assert_status(kjwt_device_id(text, 0, "", id, 4), KJWT_ERR_ARGUMENT);
    assert_status(kjwt_device_id(NULL, 9, "", id, 4), KJWT_ERR_ARGUMENT);
}

/* ------------------------------------------------------------ challenge --- */

static void issue(char nonce[KJWT_NONCE_SIZE])
{
    assert_status(kjwt_challenge_issue(&challenge, nonce), KJWT_OK);
    assert_int_equal(strlen(nonce), KJWT_NONCE_SIZE - 1);
}

static void test_nonce(void **state)
{
    const bool stored = *state != NULL;
    char nonce[KJWT_NONCE_SIZE];
    char other[KJWT_NONCE_SIZE];

    if (!stored)
        challenge.store = NULL;
    assert_status(present(NONCE, "{\"exp\":9,\"nonce\":\"\"}"),
                  KJWT_ERR_NONCE_CLOSED);
    issue(nonce);
    assert_status(present(NONCE, "{\"exp\":9}"), KJWT_ERR_NONCE);
    assert_status(present(NONCE, "{\"exp\":9,\"nonce\":\"\"}"), KJWT_ERR_NONCE);
    assert_status(present(NONCE, "{\"exp\":9,\"nonce\":\"%s0\"}", nonce),
                  KJWT_ERR_NONCE);
    assert_status(present(NONCE, "{\"exp\":9,\"nonce\":[\"%s\"]}", nonce),
                  KJWT_ERR_NONCE);
    /* What was refused left it open; it is taken once. */
    assert_status(present(NONCE, "{\"exp\":9,\"nonce\":\"%s\"}", nonce),
                  KJWT_OK);
    assert_status(present(NONCE, "{\"exp\":9,\"nonce\":\"%s\"}", nonce),
                  KJWT_ERR_NONCE_CLOSED);
    /* A new one closes the one before. */
    issue(nonce);
    issue(other);
    assert_string_not_equal(nonce, other);
    assert_status(present(NONCE, "{\"exp\":9,\"nonce\":\"%s\"}", nonce),
                  KJWT_ERR_NONCE);
    assert_status(kjwt_challenge_close(&challenge), KJWT_OK);
    assert_status(present(NONCE, "{\"exp\":9,\"nonce\":\"%s\"}", other),
                  KJWT_ERR_NONCE_CLOSED);
    /* To close what is closed costs no write. */
    cut.units = 0;
    assert_status(kjwt_challenge_close(&challenge), KJWT_OK);
    assert_int_equal(cut.units, 0);
    /* A claim of one's own name. */
    challenge.claim = "/eat/nonce";
    issue(nonce);
    assert_status(present(NONCE, "{\"exp\":9,\"nonce\":\"%s\"}", nonce),
                  KJWT_ERR_NONCE);
    assert_status(
        present(NONCE, "{\"exp\":9,\"eat\":{\"nonce\":\"%s\"}}", nonce),
        KJWT_OK);
}

static void test_nonce_restart(void **state)
{
    char first[KJWT_NONCE_SIZE];
    char nonce[KJWT_NONCE_SIZE];

    (void)state;
    issue(first);
    restart();
    assert_status(present(NONCE, "{\"exp\":9,\"nonce\":\"%s\"}", first),
                  KJWT_OK);
    restart();
    assert_status(present(NONCE, "{\"exp\":9,\"nonce\":\"%s\"}", first),
                  KJWT_ERR_NONCE_CLOSED);
    /* Random numbers that repeat after a restart make no nonce repeat. */
    issue(nonce);
    random_seed = 0;
    issue(nonce);
    assert_string_not_equal(nonce, first);
    assert_string_equal(nonce + 8, first + 8);
    /* In RAM a restart closes it. */
    challenge.store = NULL;
    issue(nonce);
    restart();
    challenge.store = NULL;
    assert_status(present(NONCE, "{\"exp\":9,\"nonce\":\"%s\"}", nonce),
                  KJWT_ERR_NONCE_CLOSED);
}

static bool no_random(void *context, void *data, size_t len)
{
    (void)context;
    memset(data, 1, len);
    ((uint8_t *)data)[3] = 2;
    return false;
}

static bool one_byte(void *context, void *data, size_t len)
{
    (void)context;
    memset(data, 0x5a, len);
    return true;
}

static size_t odd_byte;

static bool all_but_one(void *context, void *data, size_t len)
{
    (void)context;
    memset(data, 0x5a, len);
    ((uint8_t *)data)[odd_byte] = 0;
    return true;
}

static bool the_same(void *context, void *data, size_t len)
{
    random_seed = 7;
    return random_bytes(context, data, len);
}

static void test_random_numbers(void **state)
{
    char nonce[KJWT_NONCE_SIZE];
    char text[KJWT_NONCE_SIZE];

    (void)state;
    challenge.random = the_same;
    issue(nonce);
    assert_status(kjwt_challenge_issue(&challenge, text), KJWT_ERR_RANDOM);
    assert_string_equal(text, "");
    /* Nor is the one before open any more. */
    assert_status(present(NONCE, "{\"exp\":9,\"nonce\":\"%s\"}", nonce),
                  KJWT_ERR_NONCE_CLOSED);
    challenge.random = no_random;
    assert_status(kjwt_challenge_issue(&challenge, text), KJWT_ERR_RANDOM);
    challenge.random = one_byte;
    assert_status(kjwt_challenge_issue(&challenge, text), KJWT_ERR_RANDOM);
    challenge.random = all_but_one;
    for (odd_byte = 0; odd_byte < KJWT_NONCE_BYTES; odd_byte++)
        issue(nonce);
    /* The number, and what is random. */
    challenge.store = NULL;
    challenge.nonce.number = 0x01020303;
    odd_byte = 1;
    issue(nonce);
    assert_string_equal(nonce, "010203045a005a5a5a5a5a5a5a5a5a5a5a5a5a5a");
    challenge.random = NULL;
    assert_status(kjwt_challenge_issue(&challenge, text), KJWT_ERR_ARGUMENT);
    /* And a store that does not take that either. */
    restart();
    issue(nonce);
    challenge.random = no_random;
    cut.left = 1;
    assert_status(kjwt_challenge_issue(&challenge, text), KJWT_ERR_STORE_WRITE);
}

/* ------------------------------------------------------------- one-shot --- */

static void test_one_shot(void **state)
{
    static const struct {
        const char *claims;
        kjwt_status status;
    } rows[] = {
        {"{\"exp\":9}", KJWT_ERR_SEQUENCE_MISSING},
        {"{\"exp\":9,\"seq\":\"1\"}", KJWT_ERR_CLAIM_TYPE},
        {"{\"exp\":9,\"seq\":1.0}", KJWT_ERR_CLAIM_TYPE},
        {"{\"exp\":9,\"seq\":9223372036854775808}", KJWT_ERR_CLAIM_RANGE},
        {"{\"exp\":9,\"seq\":-1}", KJWT_ERR_SEQUENCE},
        {"{\"exp\":9,\"seq\":-9223372036854775808}", KJWT_ERR_SEQUENCE},
        {"{\"exp\":9,\"seq\":0}", KJWT_OK},
        {"{\"exp\":9,\"seq\":0}", KJWT_ERR_SEQUENCE},
        {"{\"exp\":9,\"seq\":5}", KJWT_OK},
        {"{\"exp\":9,\"seq\":5}", KJWT_ERR_SEQUENCE},
        {"{\"exp\":8,\"seq\":5}", KJWT_ERR_SEQUENCE},
        {"{\"exp\":9,\"seq\":4}", KJWT_ERR_SEQUENCE},
        {"{\"exp\":9,\"seq\":6}", KJWT_OK},
        /* each issuer by itself, whatever its spelling */
        {"{\"exp\":9,\"seq\":3,\"iss\":\"bench-7\"}", KJWT_OK},
        {"{\"exp\":9,\"seq\":3,\"iss\":\"bench\\u002d7\"}", KJWT_ERR_SEQUENCE},
        {"{\"exp\":9,\"seq\":7}", KJWT_OK},
        {"{\"exp\":9,\"seq\":3,\"iss\":\"bench-8\"}",
         KJWT_ERR_SEQUENCE_ISSUERS},
        {"{\"exp\":9,\"seq\":4,\"iss\":\"bench-7\"}", KJWT_OK},
        {"{\"exp\":9,\"seq\":9223372036854775807}", KJWT_OK},
        {"{\"exp\":9,\"seq\":9223372036854775807}", KJWT_ERR_SEQUENCE},
    };

    (void)state;
    for (int again = 0; again < 2; again++)
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            assert_status(present(ONE_SHOT, "%s", rows[i].claims),
                          again && rows[i].status == KJWT_OK ? KJWT_ERR_SEQUENCE
                                                             : rows[i].status);
            restart();
        }
}

static void test_gap(void **state)
{
    (void)state;
    one_shot.gap = 10;
    one_shot.claim = "/cmd/n";
    assert_status(present(ONE_SHOT, "{\"exp\":9,\"cmd\":{\"n\":5000}}"),
                  KJWT_OK);
    assert_status(present(ONE_SHOT, "{\"exp\":9,\"cmd\":{\"n\":5011}}"),
                  KJWT_ERR_SEQUENCE_GAP);
    assert_status(present(ONE_SHOT, "{\"exp\":9,\"cmd\":{\"n\":5010}}"),
                  KJWT_OK);
    assert_status(
        present(ONE_SHOT, "{\"exp\":9,\"cmd\":{\"n\":9223372036854775807}}"),
        KJWT_ERR_SEQUENCE_GAP);
    /* Behind the first there is, too. */
    assert_status(
        present(ONE_SHOT, "{\"exp\":9,\"iss\":\"b\",\"cmd\":{\"n\":0}}"),
        KJWT_OK);
    assert_status(
        present(ONE_SHOT, "{\"exp\":9,\"iss\":\"b\",\"cmd\":{\"n\":11}}"),
        KJWT_ERR_SEQUENCE_GAP);
}

/* ------------------------------------------------------------- jti ring --- */

static void test_jti(void **state)
{
    static const struct {
        int64_t clock;
        const char *claims;
        kjwt_status status;
    } rows[] = {
        {100, "{\"exp\":200}", KJWT_ERR_JTI_MISSING},
        {100, "{\"exp\":200,\"jti\":\"a\"}", KJWT_OK},
        {100, "{\"exp\":200,\"jti\":\"a\"}", KJWT_ERR_REPLAYED},
        {100, "{\"exp\":201,\"jti\":\"\\u0061\"}", KJWT_ERR_REPLAYED},
        {100, "{\"exp\":200,\"jti\":\"a\",\"iss\":\"b\"}", KJWT_OK},
        {100, "{\"exp\":200,\"jti\":\"ab\",\"iss\":\"\"}", KJWT_OK},
        {100, "{\"exp\":200,\"jti\":\"b\",\"iss\":\"a\"}", KJWT_OK},
        /* full, and a flood reopens nothing */
        {100, "{\"exp\":300,\"jti\":\"c\"}", KJWT_ERR_JTI_FULL},
        {100, "{\"exp\":300,\"jti\":\"d\"}", KJWT_ERR_JTI_FULL},
        {199, "{\"exp\":300,\"jti\":\"d\"}", KJWT_ERR_JTI_FULL},
        {199, "{\"exp\":200,\"jti\":\"a\"}", KJWT_ERR_REPLAYED},
        /* all have expired: one is freed */
        {200, "{\"exp\":300,\"jti\":\"d\"}", KJWT_OK},
        /* A clock set back reopens nothing: at the horizon or before it. */
        {100, "{\"exp\":200,\"jti\":\"a\"}", KJWT_ERR_EXPIRED},
        {100, "{\"exp\":200,\"jti\":\"new\"}", KJWT_ERR_EXPIRED},
        {100, "{\"exp\":200,\"jti\":\"b\",\"iss\":\"a\"}", KJWT_ERR_REPLAYED},
        {100, "{\"exp\":201,\"jti\":\"new\"}", KJWT_ERR_JTI_FULL},
        {200, "{\"exp\":201,\"jti\":\"new\"}", KJWT_OK},
        {200, "{\"exp\":201,\"jti\":\"new\"}", KJWT_ERR_REPLAYED},
        {200, "{\"exp\":300,\"jti\":\"d\"}", KJWT_ERR_REPLAYED},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        restart();
        clock_ = rows[i].clock;
        print_message("# row %zu\n", i);
        assert_status(present(JTI, "%s", rows[i].claims), rows[i].status);
    }
    policy.options |= KJWT_EXP_OPTIONAL;
    assert_status(present(JTI, "{\"jti\":\"e\"}"), KJWT_ERR_EXP_MISSING);
    /* The least `exp` that an entry can have. */
    new_device(state);
    ring.entries = 1;
    assert_status(present(JTI, "{\"exp\":1,\"jti\":\"a\"}"), KJWT_OK);
    assert_status(present(JTI, "{\"exp\":1,\"jti\":\"a\"}"),
                  KJWT_ERR_REPLAYED);
    assert_status(present(JTI, "{\"exp\":9,\"jti\":\"b\"}"),
                  KJWT_ERR_JTI_FULL);
    clock_ = 1;
    assert_status(present(JTI, "{\"exp\":9,\"jti\":\"b\"}"), KJWT_OK);
}

static void test_jti_leeway(void **state)
{
    static KJWT_JTI_RING(own, 1);

    (void)state;
    policy.leeway_s = 30;
    ring.entries = 1;
    ring.memory = own;
    clock_ = 100;
    assert_status(present(JTI, "{\"exp\":200,\"jti\":\"a\"}"), KJWT_OK);
    clock_ = 229;
    assert_status(present(JTI, "{\"exp\":300,\"jti\":\"b\"}"),
                  KJWT_ERR_JTI_FULL);
    assert_status(present(JTI, "{\"exp\":200,\"jti\":\"a\"}"),
                  KJWT_ERR_REPLAYED);
    clock_ = 230;
    assert_status(present(JTI, "{\"exp\":300,\"jti\":\"b\"}"), KJWT_OK);
    assert_status(present(JTI, "{\"exp\":200,\"jti\":\"a\"}"),
                  KJWT_ERR_EXPIRED);
}

/* A ring of no entries is full, and what lies behind it is not its own. */
static void test_jti_none(void **state)
{
    static uint64_t own[4];

    (void)state;
    ring.entries = 0;
    ring.memory = own;
    clock_ = 100;
    assert_status(present(JTI, "{\"exp\":200,\"jti\":\"a\"}"),
                  KJWT_ERR_JTI_FULL);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(own[i], 0);
}

/* A later build with a larger ring: the entries that were not stored are free,
 * whatever lay there. */
static void test_jti_larger(void **state)
{
    static KJWT_JTI_RING(own, ENTRIES);

    (void)state;
    clock_ = 100;
    ring.memory = own;
    ring.entries = 1;
    assert_status(present(JTI, "{\"exp\":200,\"jti\":\"a\"}"), KJWT_OK);
    ring.entries = ENTRIES;
    memset(own, 0x55, sizeof own);
    for (unsigned i = 1; i < ENTRIES; i++)
        assert_status(present(JTI, "{\"exp\":200,\"jti\":\"%u\"}", i), KJWT_OK);
    assert_status(present(JTI, "{\"exp\":200,\"jti\":\"b\"}"),
                  KJWT_ERR_JTI_FULL);
    assert_status(present(JTI, "{\"exp\":200,\"jti\":\"a\"}"),
                  KJWT_ERR_REPLAYED);
}

/* A store may use the room for a record before it finds that there is none. */
static kjwt_status load_scribbles(void *context, uint32_t record, void *data,
                                  size_t size, size_t *len)
{
    (void)context;
    (void)record;
    memset(data, 0x55, size);
    *len = size;
    return KJWT_ERR_STORE_EMPTY;
}

static kjwt_status save_nowhere(void *context, uint32_t record,
                                const void *data, size_t len)
{
    (void)context;
    (void)record;
    (void)data;
    (void)len;
    return KJWT_OK;
}

static void test_scribbles(void **state)
{
    static const struct kjwt_store scribbles = {load_scribbles, save_nowhere,
                                                NULL};

    (void)state;
    floor_.store = &scribbles;
    assert_status(kjwt_floor_load(&floor_), KJWT_OK);
    assert_int_equal(floor_.time, BUILT);
    ring.store = &scribbles;
    clock_ = 100;
    /* Not refused: found at last not to be kept. */
    assert_status(present(JTI, "{\"exp\":200,\"jti\":\"a\"}"),
                  KJWT_ERR_STORE_WRITE);
    one_shot.store = &scribbles;
    assert_status(present(ONE_SHOT, "{\"exp\":200,\"seq\":0}"),
                  KJWT_ERR_STORE_WRITE);
    challenge.store = &scribbles;
    assert_status(present(NONCE, "{\"exp\":200,\"nonce\":\"\"}"),
                  KJWT_ERR_NONCE_CLOSED);
}

/* Without a clock the floor frees entries; that a restart loses a part of it
 * reopens nothing. A full ring does not keep the floor from moving. */
static void test_jti_floor(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ENTRIES; i++)
        assert_status(present(FLOOR | JTI, "{\"exp\":%d,\"jti\":\"%u\"}",
                              BUILT + 1000, i),
                      KJWT_OK);
    assert_status(
        present(FLOOR | JTI, "{\"exp\":%d,\"jti\":\"x\"}", BUILT + 9000),
        KJWT_ERR_JTI_FULL);
    assert_status(present(FLOOR | JTI, "{\"exp\":%d,\"iat\":%d,\"jti\":\"x\"}",
                          BUILT + 9000, BUILT + 999),
                  KJWT_ERR_JTI_FULL);
    assert_status(present(FLOOR | JTI, "{\"exp\":%d,\"iat\":%d,\"jti\":\"x\"}",
                          BUILT + 9000, BUILT + 1000),
                  KJWT_OK);
    /* The floor was not stored: it moved by less than a day. */
    restart();
    assert_int_equal(floor_.time, BUILT);
    for (unsigned i = 0; i < ENTRIES; i++)
        assert_true(present(FLOOR | JTI, "{\"exp\":%d,\"jti\":\"%u\"}",
                            BUILT + 1000, i) != KJWT_OK);
    assert_status(
        present(FLOOR | JTI, "{\"exp\":%d,\"jti\":\"y\"}", BUILT + 1000),
        KJWT_ERR_EXPIRED);
    /* Neither a clock nor a floor: nothing is ever freed. */
    for (unsigned i = 0; i < 100; i++)
        assert_status(
            present(JTI, "{\"exp\":%d,\"jti\":\"z%u\"}", BUILT + YEAR, i),
            KJWT_ERR_JTI_FULL);
}

/* Tokens by the hundred, some old ones again and again, restarts and a clock
 * that jumps: none is accepted twice. */
static void test_flood(void **state)
{
    enum { TOKENS = 150 };
    static char tokens[TOKENS][600];
    static size_t lens[TOKENS];
    unsigned accepted[TOKENS] = {0};
    unsigned replays = 0;

    (void)state;
    srand(2);
    for (int i = 0; i < TOKENS; i++) {
        char claims[128];
        char *token;

        sprintf(claims, "{\"exp\":%d,\"jti\":\"%d\"}", 100 + i, i);
        token = make_token(test_key("rsa2048"), "{\"alg\":\"RS256\"}", claims,
                           &lens[i]);
        memcpy(tokens[i], token, lens[i]);
    }
    for (int turn = 0; turn < 5000; turn++) {
        const int i = rand() % TOKENS;

        if (turn % 7 == 0)
            restart();
        clock_ = rand() % 10 == 0 ? rand() % (100 + TOKENS) : turn / 20;
        replays += accepted[i] > 0;
        accepted[i] += admit(tokens[i], lens[i], JTI) == KJWT_OK;
        assert_true(accepted[i] <= 1);
    }
    printf("# a flood of 5000 tokens: %u replays tried, 0 accepted\n", replays);
}

/* ------------------------------------------------------------ power cut --- */

/* Cuts the power at every write and erase while a token is presented; after the
 * restart presents it again, twice. Accepted once at most, by all three. */
static unsigned cut_token(const char *token, size_t len, unsigned rules)
{
    static uint8_t before[sizeof memory];
    unsigned cuts = 0;
    bool through = false;

    memcpy(before, memory, sizeof memory);
    for (uint32_t left = 1; !through; left++)
        for (unsigned kind = 0; kind < PORT_FLASH_CUT_KINDS; kind++) {
            unsigned accepted = 0;
            kjwt_status status;

            memcpy(memory, before, sizeof memory);
            restart();
            cut.left = left;
            cut.kind = (enum port_flash_cut_kind)kind;
            cut.random = 4 * left + kind + 1;
            status = admit(token, len, rules);
            accepted += status == KJWT_OK;
            if (!cut.off) {
                through = true;
                assert_status(status, KJWT_OK);
                break;
            }
            cuts++;
            assert_status(status, KJWT_ERR_STORE_WRITE);
            for (int again = 0; again < 2; again++) {
                restart();
                assert_true(floor_.time > 0);
                status = admit(token, len, rules);
                accepted += status == KJWT_OK;
                assert_true(
                    status == KJWT_OK || status == KJWT_ERR_NONCE_CLOSED ||
                    status == KJWT_ERR_SEQUENCE || status == KJWT_ERR_REPLAYED);
            }
            assert_true(accepted <= 1);
        }
    /* The flash is as after the token that came through. */
    restart();
    return cuts;
}

static void test_power_cuts(void **state)
{
    static const unsigned combinations[] = {
        NONCE,       ONE_SHOT,
        JTI,         FLOOR | ONE_SHOT,
        FLOOR | JTI, FLOOR | NONCE | ONE_SHOT | JTI};

    for (size_t i = 0; i < sizeof combinations / sizeof combinations[0]; i++) {
        unsigned cuts = 0;

        new_device(state);
        for (int turn = 1; turn <= 8; turn++) {
            char nonce[KJWT_NONCE_SIZE];
            static char token[TOKEN_SIZE];
            char claims[256];
            size_t len;

            issue(nonce);
            sprintf(claims,
                    "{\"exp\":%d,\"iat\":%d,\"nonce\":\"%s\",\"seq\":%d,"
                    "\"jti\":\"%d\"}",
                    BUILT + 2 * turn * DAY + DAY, BUILT + 2 * turn * DAY, nonce,
                    turn, turn);
            memcpy(token,
                   make_token(test_key("rsa2048"), "{\"alg\":\"RS256\"}",
                              claims, &len),
                   TOKEN_SIZE);
            if (combinations[i] == JTI)
                ring.entries = ENTRIES;
            if (combinations[i] == JTI && turn > (int)ENTRIES)
                break; /* full: nothing frees an entry */
            cuts += cut_token(token, len, combinations[i]);
        }
        printf("# rules 0x%02x: %u power cuts, each token accepted once at "
               "most\n",
               combinations[i], cuts);
        assert_true(cuts > 100);
    }
}

/* Where the store fails, nothing is accepted. */
static void test_store_fails(void **state)
{
    static const struct {
        unsigned rule;
        uint32_t record;
    } rows[] = {{NONCE, 2}, {ONE_SHOT, 4}, {JTI, 6}};
    char nonce[KJWT_NONCE_SIZE];

    (void)state;
    cut.left = 1;
    assert_status(kjwt_challenge_issue(&challenge, nonce),
                  KJWT_ERR_STORE_WRITE);
    assert_string_equal(nonce, "");
    assert_int_equal(challenge.nonce.open, 0);
    restart();
    issue(nonce);
    for (size_t i = 0; i < 3; i++) {
        char claims[256];

        sprintf(claims, "{\"exp\":9,\"nonce\":\"%s\",\"seq\":1,\"jti\":\"1\"}",
                nonce);
        cut.left = 1;
        assert_status(present(rows[i].rule, "%s", claims),
                      KJWT_ERR_STORE_WRITE);
        restart();
        memset(memory + rows[i].record * SECTOR, 0x00, 2 * SECTOR);
        /* Marks that look whole in slots that are not. */
        for (size_t at = 0; at < 2 * SECTOR; at += 4)
            memcpy(memory + rows[i].record * SECTOR + at, "\x7e\xed\xb7\xdb",
                   4);
        assert_status(present(rows[i].rule, "%s", claims), KJWT_ERR_STORE_READ);
    }
    for (size_t at = 0; at < 2 * SECTOR; at += 4)
        memcpy(memory + at, "\x7e\xed\xb7\xdb", 4);
    assert_status(kjwt_floor_load(&floor_), KJWT_ERR_STORE_READ);
    assert_status(present(FLOOR, "{\"exp\":%d}", BUILT + YEAR),
                  KJWT_ERR_STORE_READ);
    challenge.nonce.open = 1;
    assert_status(kjwt_challenge_issue(&challenge, nonce), KJWT_ERR_STORE_READ);
    assert_int_equal(challenge.nonce.open, 0);
    assert_status(kjwt_challenge_close(&challenge), KJWT_ERR_STORE_READ);
}

static size_t loaded_len;

static kjwt_status load_len(void *context, uint32_t record, void *data,
                            size_t size, size_t *len)
{
    (void)context;
    (void)record;
    memset(data, 0, size);
    *len = loaded_len;
    return KJWT_OK;
}

/* A record of another length is none of this build's. Behind the right one the
 * token is taken, and found not to be kept. */
static void test_store_lengths(void **state)
{
    static const struct kjwt_store any_len = {load_len, port_records_save,
                                              (void *)&records};
    static const struct {
        unsigned rule;
        size_t len;
        kjwt_status status;
    } rows[] = {
        {FLOOR, 15, KJWT_ERR_STORE_READ},
        {FLOOR, 16, KJWT_OK},
        {FLOOR, 17, KJWT_ERR_STORE_READ},
        {NONCE, sizeof(struct kjwt_nonce) - 1, KJWT_ERR_STORE_READ},
        {NONCE, sizeof(struct kjwt_nonce), KJWT_ERR_NONCE_CLOSED},
        {NONCE, sizeof(struct kjwt_nonce) + 1, KJWT_ERR_STORE_READ},
        {ONE_SHOT, sizeof(struct kjwt_sequence) - 1, KJWT_ERR_STORE_READ},
        {ONE_SHOT, sizeof(struct kjwt_sequence), KJWT_ERR_STORE_WRITE},
        {ONE_SHOT, 3 * sizeof(struct kjwt_sequence), KJWT_ERR_STORE_READ},
        {JTI, 7, KJWT_ERR_STORE_READ},
        {JTI, 8, KJWT_ERR_STORE_WRITE},
        {JTI, 9, KJWT_ERR_STORE_READ},
        {JTI, 8 + sizeof(struct kjwt_jti), KJWT_ERR_STORE_WRITE},
        {JTI, 8 + 5 * sizeof(struct kjwt_jti), KJWT_ERR_STORE_READ},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        new_device(state);
        loaded_len = rows[i].len;
        floor_.store = challenge.store = one_shot.store = ring.store = &any_len;
        print_message("# row %zu\n", i);
        assert_status(kjwt_floor_load(&floor_), loaded_len == 16
                                                    ? KJWT_OK
                                                    : KJWT_ERR_STORE_READ);
        assert_status(present(rows[i].rule,
                              "{\"exp\":9999999999,\"seq\":1,\"jti\":\"1\"}"),
                      rows[i].status);
    }
}

static kjwt_status save_nothing(void *context, uint32_t record,
                                const void *data, size_t len)
{
    (void)context;
    (void)record;
    (void)data;
    (void)len;
    return KJWT_OK;
}

/* KJWT_OK of a store is not believed: what it keeps is read again. */
static void test_store_keeps_nothing(void **state)
{
    static const struct kjwt_store forgetful = {port_records_load, save_nothing,
                                                (void *)&records};
    static const unsigned rules[] = {NONCE, ONE_SHOT, JTI};
    char nonce[KJWT_NONCE_SIZE];

    (void)state;
    issue(nonce);
    for (size_t i = 0; i < 3; i++) {
        challenge.store = one_shot.store = ring.store = &forgetful;
        for (int times = 0; times < 2; times++)
            assert_status(
                present(rules[i],
                        "{\"exp\":9,\"nonce\":\"%s\",\"seq\":1,\"jti\":\"1\"}",
                        nonce),
                KJWT_ERR_STORE_WRITE);
    }
}

static kjwt_status said;
static unsigned good_loads; /* before it is said */

static kjwt_status load_says(void *context, uint32_t record, void *data,
                             size_t size, size_t *len)
{
    if (good_loads == 0)
        return said;
    good_loads--;
    return port_records_load(context, record, data, size, len);
}

static kjwt_status save_says(void *context, uint32_t record, const void *data,
                             size_t len)
{
    (void)context;
    (void)record;
    (void)data;
    (void)len;
    return said;
}

static const struct kjwt_store loading = {load_says, save_nothing,
                                          (void *)&records};
static const struct kjwt_store saving = {port_records_load, save_says,
                                         (void *)&records};

/* What a store may not say is a failure of the store, in each decision of a
 * rule, and never what the rule itself says of a token that was stored. */
static void test_store_says(void **state)
{
    static const kjwt_status rows[] = {
        KJWT_ERR_NONCE_CLOSED, KJWT_ERR_SEQUENCE,  KJWT_ERR_REPLAYED,
        KJWT_ERR_STORE_READ,   KJWT_ERR_STORE_WRITE, KJWT_ERR_NONCE,
        KJWT_ERR_CRYPTO,       1,                  -1};
    static const unsigned rules[] = {NONCE, ONE_SHOT, JTI};
    char claims[256];
    char nonce[KJWT_NONCE_SIZE];

    (void)state;
    issue(nonce);
    sprintf(claims,
            "{\"exp\":1800000000,\"iat\":1750000000,\"nonce\":\"%s\","
            "\"seq\":1,\"jti\":\"1\"}",
            nonce);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        said = rows[i];
        challenge.closed = false; /* as after a restart */
        print_message("# %s\n", kjwt_status_name(said));
        for (size_t rule = 0; rule < 3; rule++) {
            challenge.store = one_shot.store = ring.store = &loading;
            for (unsigned loads = 0; loads < 3; loads++) {
                good_loads = loads;
                assert_status(present(rules[rule], "%s", claims),
                              loads < 2 ? KJWT_ERR_STORE_READ
                                        : KJWT_ERR_STORE_WRITE);
            }
            challenge.store = one_shot.store = ring.store = &saving;
            assert_status(present(rules[rule], "%s", claims),
                          KJWT_ERR_STORE_WRITE);
        }
        assert_status(kjwt_challenge_issue(&challenge, nonce),
                      KJWT_ERR_STORE_WRITE);
        assert_status(kjwt_challenge_close(&challenge), KJWT_ERR_STORE_WRITE);
        challenge.store = &loading;
        assert_status(kjwt_challenge_issue(&challenge, nonce),
                      KJWT_ERR_STORE_READ);
        assert_status(kjwt_challenge_close(&challenge), KJWT_ERR_STORE_READ);
        floor_.store = &saving;
        assert_status(present(FLOOR, "%s", claims), KJWT_ERR_STORE_WRITE);
        floor_.store = &loading;
        assert_status(kjwt_floor_load(&floor_), KJWT_ERR_STORE_READ);
        floor_.store = &store;
        assert_status(kjwt_floor_load(&floor_), KJWT_OK);
    }
}

/* A nonce that could not be closed in the store is closed all the same, until a
 * restart or the next one. */
static void test_store_fails_for_a_while(void **state)
{
    static const struct {
        const struct kjwt_store *store;
        kjwt_status status;
        enum { ISSUE, CLOSE, ADMIT } call;
    } rows[] = {
        {&loading, KJWT_ERR_STORE_READ, ISSUE},
        {&saving, KJWT_ERR_STORE_WRITE, ISSUE},
        {&loading, KJWT_ERR_STORE_READ, CLOSE},
        {&saving, KJWT_ERR_STORE_WRITE, CLOSE},
        {&saving, KJWT_ERR_STORE_WRITE, ADMIT},
    };
    const char *claims = "{\"exp\":9,\"nonce\":\"%s\"}";
    char nonce[KJWT_NONCE_SIZE];
    char text[KJWT_NONCE_SIZE];

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        new_device(state);
        issue(nonce);
        good_loads = 0;
        said = rows[i].status;
        challenge.store = rows[i].store;
        print_message("# row %zu\n", i);
        assert_status(
            rows[i].call == ISSUE   ? kjwt_challenge_issue(&challenge, text)
            : rows[i].call == CLOSE ? kjwt_challenge_close(&challenge)
                                    : present(NONCE, claims, nonce),
            rows[i].status);
        challenge.store = &store;
        assert_status(present(NONCE, claims, nonce), KJWT_ERR_NONCE_CLOSED);
        issue(text);
        assert_status(present(NONCE, claims, nonce), KJWT_ERR_NONCE);
        assert_status(present(NONCE, claims, text), KJWT_OK);
    }
}

/* ------------------------------------------------------------ admission --- */

/* A rule that was jumped over, or ran on other claims, lets nothing in. */
static void test_admission(void **state)
{
    struct kjwt_claims claims;
    struct kjwt_admission admission = {0};
    char claims_text[] = "{\"exp\":1800000000,\"seq\":1,\"jti\":\"1\"}";
    size_t len;
    char *token = make_token(test_key("rsa2048"), "{\"alg\":\"RS256\"}",
                             claims_text, &len);
    const uint32_t all = KJWT_RULE_FLOOR + KJWT_RULE_ONE_SHOT + KJWT_RULE_JTI;

    (void)state;
    assert_false(kjwt_admitted(NULL, 0));
    assert_false(kjwt_admitted(&admission, 0));
    assert_status(
        kjwt_verify(&policy, work, sizeof work, token, len, 0, &claims),
        KJWT_OK);
    kjwt_admit_begin(&admission, KJWT_OK, &policy, 0, &claims, work);
    assert_status(kjwt_admit_claim(&admission, "jti", NULL), KJWT_ERR_ARGUMENT);
    for (unsigned skipped = 0; skipped < 16; skipped++) {
        new_device(state);
        memset(&admission, 0, sizeof admission);
        admission.claims = &claims;
        if (skipped & 1) /* what a jump over kjwt_admit_begin() leaves */
            admission = (struct kjwt_admission){
                .policy = &policy, .claims = &claims, .work = work};
        else
            kjwt_admit_begin(&admission, KJWT_OK, &policy, 0, &claims, work);
        if (!(skipped & 2))
            kjwt_admit_floor(&admission, &floor_);
        if (!(skipped & 4))
            kjwt_admit_one_shot(&admission, &one_shot);
        if (!(skipped & 8))
            kjwt_admit_jti(&admission, &ring);
        assert_status(admission.status, (skipped & 1) != 0 && skipped != 15
                                            ? KJWT_ERR_UNVERIFIED
                                            : KJWT_OK);
        assert_int_equal(kjwt_admitted(&admission, all), skipped == 0);
        /* A Claims Set that has changed meanwhile: any bit of it, and nothing
         * behind it. */
        for (size_t i = 0; skipped == 0 && i < 8 * claims.json_len + 8; i++) {
            char *byte = token + (claims.json - token) + i / 8;

            *byte ^= (char)(1 << i % 8);
            assert_int_equal(kjwt_admitted(&admission, all),
                             i >= 8 * claims.json_len);
            *byte ^= (char)(1 << i % 8);
        }
    }
    /* A rule that decided once, or otherwise than its status says, or of other
     * claims. */
    kjwt_admit_begin(&admission, KJWT_OK, &policy, 0, &claims, work);
    assert_status(kjwt_admit_rule(&admission, KJWT_OK, KJWT_RULE_JTI, 1),
                  KJWT_ERR_UNVERIFIED);
    kjwt_admit_begin(&admission, KJWT_OK, &policy, 0, &claims, work);
    kjwt_admit_decided(&admission, KJWT_ERR_REPLAYED);
    assert_status(kjwt_admit_rule(&admission, KJWT_OK, KJWT_RULE_JTI,
                                  KJWT_DECISION),
                  KJWT_ERR_UNVERIFIED);
    kjwt_admit_begin(&admission, KJWT_OK, &policy, 0, &claims, work);
    token[claims.json - token] ^= 1;
    assert_status(kjwt_admit_rule(&admission, KJWT_OK, KJWT_RULE_JTI, 0),
                  KJWT_ERR_UNVERIFIED);
    token[claims.json - token] ^= 1;
    claims.json_len--;
    kjwt_admit_begin(&admission, KJWT_OK, &policy, 0, &claims, work);
    assert_status(admission.status, KJWT_ERR_UNVERIFIED);
    assert_status(kjwt_admit_floor(&admission, &floor_), KJWT_ERR_UNVERIFIED);
    assert_false(kjwt_admitted(&admission, KJWT_RULE_FLOOR));
    claims.json_len++;
    /* Claims that change between two rules. */
    for (unsigned rule = FLOOR; rule <= JTI; rule *= 2) {
        char nonce[KJWT_NONCE_SIZE];

        new_device(state);
        issue(nonce);
        kjwt_admit_begin(&admission, KJWT_OK, &policy, 0, &claims, work);
        assert_status(admission.status, KJWT_OK);
        claims.json_len--;
        assert_status(rule == FLOOR   ? kjwt_admit_floor(&admission, &floor_)
                      : rule == NONCE ? kjwt_admit_nonce(&admission, &challenge)
                      : rule == ONE_SHOT
                          ? kjwt_admit_one_shot(&admission, &one_shot)
                          : kjwt_admit_jti(&admission, &ring),
                      KJWT_ERR_UNVERIFIED);
        claims.json_len++;
        /* What it decided is in the proof, not how it ended alone. */
        admission.status = KJWT_OK;
        assert_false(kjwt_admitted(&admission,
                                   rule == FLOOR      ? KJWT_RULE_FLOOR
                                   : rule == NONCE    ? KJWT_RULE_NONCE
                                   : rule == ONE_SHOT ? KJWT_RULE_ONE_SHOT
                                                      : KJWT_RULE_JTI));
    }
    assert_status(kjwt_admit_begin(&admission, KJWT_ERR_EXPIRED, &policy, 0,
                                   &claims, work),
                  KJWT_ERR_EXPIRED);
    assert_status(kjwt_admit_one_shot(&admission, &one_shot), KJWT_ERR_EXPIRED);
    assert_false(kjwt_admitted(&admission, KJWT_RULE_ONE_SHOT));
    /* A refusal is in the proof, whatever the bits of the rule. */
    kjwt_admit_begin(&admission, KJWT_OK, &policy, 0, &claims, work);
    kjwt_admit_rule(&admission, KJWT_ERR_DEVICE, UINT32_MAX, 0);
    admission.status = KJWT_OK;
    assert_false(kjwt_admitted(&admission, UINT32_MAX));
}

static void test_arguments(void **state)
{
    struct kjwt_admission admission;
    struct kjwt_claims claims = {0};
    char text[KJWT_NONCE_SIZE];

    (void)state;
    assert_status(kjwt_admit_begin(NULL, 0, &policy, 0, &claims, work),
                  KJWT_ERR_ARGUMENT);
    assert_status(kjwt_admit_begin(&admission, 0, NULL, 0, &claims, work),
                  KJWT_ERR_ARGUMENT);
    assert_status(kjwt_admit_begin(&admission, 0, &policy, 0, NULL, work),
                  KJWT_ERR_ARGUMENT);
    assert_status(kjwt_admit_begin(&admission, 0, &policy, 0, &claims, NULL),
                  KJWT_ERR_ARGUMENT);
    assert_status(kjwt_admit_jti(&admission, &ring), KJWT_ERR_ARGUMENT);
    assert_status(kjwt_admit_claim(NULL, "a", "b"), KJWT_ERR_ARGUMENT);
    assert_status(kjwt_admit_claim(&admission, "a", NULL), KJWT_ERR_ARGUMENT);
    admission = (struct kjwt_admission){.claims = &claims}; /* not verified */
    assert_status(kjwt_admit_claim(&admission, "a", "b"), KJWT_ERR_UNVERIFIED);
    assert_status(kjwt_admit_floor(NULL, &floor_), KJWT_ERR_ARGUMENT);
    assert_status(kjwt_admit_floor(&admission, NULL), KJWT_ERR_ARGUMENT);
    assert_status(kjwt_admit_nonce(NULL, &challenge), KJWT_ERR_ARGUMENT);
    assert_status(kjwt_admit_nonce(&admission, NULL), KJWT_ERR_ARGUMENT);
    assert_status(kjwt_admit_one_shot(NULL, &one_shot), KJWT_ERR_ARGUMENT);
    assert_status(kjwt_admit_one_shot(&admission, NULL), KJWT_ERR_ARGUMENT);
    assert_status(kjwt_admit_jti(NULL, &ring), KJWT_ERR_ARGUMENT);
    assert_status(kjwt_admit_jti(&admission, NULL), KJWT_ERR_ARGUMENT);
    assert_status(kjwt_challenge_close(NULL), KJWT_ERR_ARGUMENT);
    assert_status(kjwt_challenge_issue(NULL, text), KJWT_ERR_ARGUMENT);
    assert_status(kjwt_challenge_issue(&challenge, NULL), KJWT_ERR_ARGUMENT);
}

static int finish(void **state)
{
    (void)state;
    printf("# %u tokens presented, %u accepted\n", seen.presented,
           seen.accepted);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup(name, new_device)

int main(void)
{
    static int stored;
    const struct CMUnitTest tests[] = {
        TEST(test_floor),
        TEST(test_floor_policy),
        TEST(test_floor_settings),
        TEST(test_floor_writes),
        TEST(test_drawer),
        TEST(test_floor_moved_by_verified_tokens_only),
        TEST(test_claim),
        TEST(test_device_id),
        TEST(test_nonce),
        {"test_nonce_stored", test_nonce, new_device, NULL, &stored},
        TEST(test_nonce_restart),
        TEST(test_random_numbers),
        TEST(test_one_shot),
        TEST(test_gap),
        TEST(test_jti),
        TEST(test_jti_leeway),
        TEST(test_jti_none),
        TEST(test_jti_larger),
        TEST(test_scribbles),
        TEST(test_jti_floor),
        TEST(test_flood),
        TEST(test_power_cuts),
        TEST(test_store_fails),
        TEST(test_store_lengths),
        TEST(test_store_keeps_nothing),
        TEST(test_store_says),
        TEST(test_store_fails_for_a_while),
        TEST(test_admission),
        TEST(test_arguments),
    };

    return cmocka_run_group_tests_name("device", tests, NULL, finish);
}
