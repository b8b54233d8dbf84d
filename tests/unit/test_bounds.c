/*
 * What a verification may touch: the token, the work and the claims, each to
 * its last byte and not one further, and of a token that others may change each
 * byte once. What the computing of a key's numbers may touch.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <sys/mman.h>
#include <unistd.h>

#include "kjwt_keyset.h"
#include "rsa_key.h"
#include "support.h"

#define FILL 0xa5

static json_t *vectors;
static size_t page;

/* Memory between two pages that nobody may touch. */
struct guarded {
    uint8_t *pages;
    size_t size;
};

static struct guarded make_guarded(size_t size)
{
    struct guarded memory;

    memory.size = (size + page - 1) / page * page;
    memory.pages = mmap(NULL, memory.size + 2 * page, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(memory.pages != MAP_FAILED);
    assert_int_equal(mprotect(memory.pages, page, PROT_NONE), 0);
    assert_int_equal(mprotect(memory.pages + page + memory.size, page,
                              PROT_NONE), 0);
    return memory;
}

/* size bytes that begin at the lower guard or end at the upper one. What is
 * left between them and the other guard is filled. */
static void *at_guard(const struct guarded *memory, size_t size, bool upper)
{
    uint8_t *first = memory->pages + page;

    memset(first, FILL, memory->size);
    return upper ? first + memory->size - size : first;
}

static void assert_filled(const struct guarded *memory, size_t size, bool upper)
{
    const uint8_t *first = memory->pages + page + (upper ? 0 : size);
    const size_t rest = memory->size - size;

    /* Each byte is the next one, and the first is right. */
    if (rest > 0) {
        assert_int_equal(first[0], FILL);
        assert_memory_equal(first, first + 1, rest - 1);
    }
}

static struct guarded token_memory, work_memory, claims_memory;

static int make_memory(void **state)
{
    (void)state;
    token_memory = make_guarded(2 * 1024 * 1024);
    work_memory = make_guarded(KJWT_WORK_SIZE(4096));
    claims_memory = make_guarded(sizeof(struct kjwt_claims));
    return 0;
}

/* A key's numbers: n, work, target and thumbprint each between guards. */
static void test_numbers(void **state)
{
    static const char *const names[] = {"rsa2048", "rsa3072", "rsa4096"};
    struct guarded n_memory = make_guarded(4096 / 8);

    (void)state;
    for (int i = 0; i < 6; i++) {
        const bool upper = i % 2 != 0;
        const struct kjwt_key good = test_key_public(test_key(names[i / 2]));
        const size_t size = good.bits / 8;
        struct kjwt_key key = {.bits = good.bits};
        uint32_t *n = at_guard(&n_memory, size, upper);
        void *work = at_guard(&work_memory, KJWT_WORK_SIZE(key.bits), upper);
        uint32_t *target = at_guard(&token_memory, size, upper);
        uint8_t *thumbprint =
            at_guard(&claims_memory, KJWT_THUMBPRINT_SIZE, upper);
        char text[KJWT_THUMBPRINT_TEXT];

        memcpy(n, good.n, size);
        key.n = n;
        kjwt_rsa_n0inv(n, key.n0inv);
        kjwt_rsa_target(&key, work, target);
        assert_memory_equal(target, good.target, size);
        assert_status(kjwt_key_thumbprint(&key, work, thumbprint), KJWT_OK);
        kjwt_rsa_thumbprint_text(thumbprint, text);
        assert_string_equal(text, good.kid);
        assert_filled(&n_memory, size, upper);
        assert_filled(&work_memory, KJWT_WORK_SIZE(key.bits), upper);
        assert_filled(&token_memory, size, upper);
        assert_filled(&claims_memory, KJWT_THUMBPRINT_SIZE, upper);
    }
}

static void verify_between_guards(const struct kjwt_policy *policy,
                                  const uint8_t *token, size_t len,
                                  kjwt_status expected, bool upper)
{
    const size_t work_size = KJWT_WORK_SIZE(policy->keys[0].bits);
    const int64_t now = json_integer_value(json_object_get(vectors, "now"));
    char *in = at_guard(&token_memory, len, upper);
    void *work = at_guard(&work_memory, work_size, upper);
    struct kjwt_claims *claims =
        at_guard(&claims_memory, sizeof *claims, upper);

    memcpy(in, token, len);
    assert_status(kjwt_verify(policy, work, work_size, in, len, now, claims),
                  expected);
    assert_int_equal(kjwt_claims_verified(claims), expected == KJWT_OK);
    assert_filled(&token_memory, len, upper);
    assert_filled(&work_memory, work_size, upper);
    assert_filled(&claims_memory, sizeof *claims, upper);
}

/* A Claims Set whose JSON tokens fill the table to its end, which is the end of
 * the work: `exp` and `aud` with all that is left. */
static void test_full_table(void **state)
{
    struct kjwt_key key = test_key_public(test_key("rsa2048"));
    const struct kjwt_policy policy = {.keys = &key, .key_count = 1,
                                       .audience = "a"};
    char claims_text[1024] = "{\"exp\":9999999999,\"aud\":[\"a\"";
    size_t len;
    char *token;

    (void)state;
    for (int tokens = 6; tokens < KJWT_MAX_JSON_TOKENS; tokens++)
        strcat(claims_text, ",\"b\"");
    strcat(claims_text, "]}");
    token = make_token(test_key("rsa2048"), "{\"alg\":\"RS256\"}", claims_text,
                       &len);
    verify_between_guards(&policy, (uint8_t *)token, len, KJWT_OK, true);
}

/* Every vector, with each memory against its lower and its upper guard. A
 * policy in memory that is only read stays as it was. */
static void test_guards(void **state)
{
    size_t i;
    json_t *row;

    (void)state;
    json_array_foreach(json_object_get(vectors, "cases"), i, row) {
        struct public_key public_key;
        struct error error;
        struct kjwt_key key;
        struct kjwt_policy policy = {
            .keys = &key, .key_count = 1,
            .audience = string_of(vectors, "audience")};
        const char *pem = string_of(json_object_get(vectors, "public_keys"),
                                    string_of(row, "key"));
        kjwt_status expected = KJWT_ERR_UNVERIFIED;
        uint8_t *token;
        size_t len;

        if (!public_key_from_pem(pem, &public_key, &error))
            continue;
        key = public_key_view(&public_key);
        token = from_base64(string_of(row, "token"), &len);
        {
            KJWT_WORK(work, 4096);
            struct kjwt_claims claims;
            char *copy = malloc(len + 1);

            assert_non_null(copy);
            memcpy(copy, token, len);
            expected = kjwt_verify(
                &policy, work, sizeof work, copy, len,
                json_integer_value(json_object_get(vectors, "now")), &claims);
            free(copy);
        }
        for (int upper = 0; upper < 2; upper++)
            verify_between_guards(&policy, token, len, expected, upper != 0);
        free(token);
    }
}

/* clang's sanitizers put a memmove() of their own in place of the call; gcc's
 * leave the call alone. */
#if defined(__clang__)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define COPY_IS_SEEN 0
#endif
#endif
#ifndef COPY_IS_SEEN
#define COPY_IS_SEEN 1
#endif

/* What kjwt_verify_const() copies with; the linker sends it here. */
static void *closed;
static int copies;
void *__real_memmove(void *to, const void *from, size_t size);
void *__wrap_memmove(void *to, const void *from, size_t size);

void *__wrap_memmove(void *to, const void *from, size_t size)
{
    void *result = __real_memmove(to, from, size);

    if (closed != NULL && from >= closed &&
        (const char *)from < (const char *)closed + page) {
        copies++;
        (void)mprotect(closed, page, PROT_NONE);
    }
    return result;
}

/* The token lies in a page of its own that is taken away once it was copied:
 * whoever changes it from then on, at whatever moment, changes nothing. Until
 * then nothing of it was decided on, so that what was copied is what counts:
 * each byte is read once. */
static void test_read_once(void **state)
{
    static KJWT_WORK(work, 2048);
    struct kjwt_key key = test_key_public(test_key("rsa2048"));
    const struct kjwt_policy policy = {.keys = &key, .key_count = 1};
    struct guarded memory = make_guarded(page);
    struct kjwt_claims claims;
    char scratch[1024];
    size_t len;
    char *token = make_token(test_key("rsa2048"), "{\"alg\":\"RS256\"}",
                             "{\"exp\":9}", &len);

    (void)state;
    memcpy(memory.pages + page, token, len);
    closed = memory.pages + page;
    copies = 0;
    assert_status(kjwt_verify_const(&policy, work, sizeof work, closed, len,
                                    scratch, sizeof scratch, 1, &claims),
                  KJWT_OK);
    closed = NULL;
    assert_int_equal(copies, COPY_IS_SEEN);
    assert_true(kjwt_claims_verified(&claims));
}

/* Every state in which the copy can find a token that is being replaced by
 * another, byte by byte from either end: what is accepted was signed. */
static void test_half_replaced(void **state)
{
    static KJWT_WORK(work, 2048);
    struct kjwt_key key = test_key_public(test_key("rsa2048"));
    const struct kjwt_policy policy = {.keys = &key, .key_count = 1};
    static char other[1024], mixed[1024], genuine[1024];
    const char *const claims_text = "{\"exp\":9,\"sub\":\"device-1\"}";
    size_t len;
    int accepted = 0;

    (void)state;
    memcpy(other, make_token(test_key("other2048"), "{\"alg\":\"RS256\"}",
                             "{\"exp\":9,\"sub\":\"attacker\"}", &len),
           sizeof other);
    memcpy(genuine, make_token(test_key("rsa2048"), "{\"alg\":\"RS256\"}",
                               claims_text, &len), sizeof genuine);
    for (size_t i = 0; i <= 2 * len; i++) {
        const char *head = i <= len ? other : genuine;
        const char *tail = i <= len ? genuine : other;
        const size_t cut = i <= len ? i : i - len;
        char scratch[1024];
        struct kjwt_claims claims;

        memcpy(mixed, head, cut);
        memcpy(mixed + cut, tail + cut, len - cut);
        if (kjwt_verify_const(&policy, work, sizeof work, mixed, len, scratch,
                              sizeof scratch, 1, &claims) != KJWT_OK)
            continue;
        accepted++;
        assert_int_equal(claims.json_len, strlen(claims_text));
        assert_memory_equal(claims.json, claims_text, claims.json_len);
    }
    /* Whole, and where the two do not differ. */
    assert_true(accepted >= 2 && accepted < 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_full_table),
        cmocka_unit_test(test_guards),
        cmocka_unit_test(test_read_once),
        cmocka_unit_test(test_half_replaced),
    };

    page = (size_t)sysconf(_SC_PAGESIZE);
    vectors = load_vectors("tokens_rsa2048.json");
    return cmocka_run_group_tests_name("bounds", tests, make_memory, NULL);
}
