/*
 * Memory that others write to, and verifications side by side.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <stdatomic.h>

#include "support.h"

#define ROUNDS 2000

static const char genuine_claims[] = "{\"exp\":9,\"sub\":\"device-1\"}";

struct shared {
    char token[1024];
    size_t len;
    const char *other; /* what the second writer puts in place of the token */
    atomic_bool stop;
};

/* Writes another token over the genuine one and back, all the time. */
static void *overwrite(void *argument)
{
    struct shared *shared = argument;
    char genuine[1024];

    memcpy(genuine, shared->token, shared->len);
    while (!atomic_load(&shared->stop)) {
        memcpy(shared->token, shared->other, shared->len);
        memcpy(shared->token, genuine, shared->len);
    }
    return NULL;
}

/* kjwt_verify_const() reads once: whatever it accepts is the genuine token. A
 * verifier that hashed one state and parsed another would accept the other's
 * claims. */
static void test_changing_token(void **state)
{
    static KJWT_WORK(work, 2048);
    static struct shared shared;
    static char other[1024];
    struct kjwt_key key = test_key_public(test_key("rsa2048"));
    const struct kjwt_policy policy = {.keys = &key, .key_count = 1};
    pthread_t thread;
    int accepted = 0;

    (void)state;
    memcpy(other, make_token(test_key("other2048"), "{\"alg\":\"RS256\"}",
                             "{\"exp\":9,\"sub\":\"attacker\"}",
                             &shared.len), sizeof other);
    memcpy(shared.token, make_token(test_key("rsa2048"),
                                    "{\"alg\":\"RS256\"}", genuine_claims,
                                    &shared.len), sizeof shared.token);
    shared.other = other;
    assert_int_equal(pthread_create(&thread, NULL, overwrite, &shared), 0);
    for (int i = 0; i < ROUNDS; i++) {
        char scratch[1024];
        struct kjwt_claims claims;

        if (kjwt_verify_const(&policy, work, sizeof work, shared.token,
                              shared.len, scratch, sizeof scratch, 1,
                              &claims) != KJWT_OK)
            continue;
        accepted++;
        assert_int_equal(claims.json_len, strlen(genuine_claims));
        assert_memory_equal(claims.json, genuine_claims, claims.json_len);
    }
    atomic_store(&shared.stop, true);
    assert_int_equal(pthread_join(thread, NULL), 0);
    print_message("# accepted in %d of %d rounds\n", accepted, ROUNDS);
}

/* Two verifications in two works do not see each other. */
static void *verify_many(void *argument)
{
    struct kjwt_key key = test_key_public(argument);
    const struct kjwt_policy policy = {.keys = &key, .key_count = 1};
    static char tokens[2][TOKEN_SIZE];
    static size_t lens[2];
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    KJWT_WORK(work, 4096);
    uintptr_t failures = 0;
    int own;

    pthread_mutex_lock(&lock); /* make_token() has one buffer */
    own = argument == test_key("rsa4096");
    memcpy(tokens[own], make_token(argument, "{\"alg\":\"RS256\"}",
                                   genuine_claims, &lens[own]), TOKEN_SIZE);
    pthread_mutex_unlock(&lock);
    for (int i = 0; i < ROUNDS / 10; i++) {
        char scratch[2048];
        struct kjwt_claims claims;

        if (kjwt_verify_const(&policy, work, sizeof work, tokens[own],
                              lens[own], scratch, sizeof scratch, 1,
                              &claims) != KJWT_OK ||
            !kjwt_claims_verified(&claims))
            failures++;
    }
    return (void *)failures;
}

static void test_reentrant(void **state)
{
    static const char *const names[2] = {"rsa2048", "rsa4096"};
    pthread_t threads[2];

    (void)state;
    (void)test_key(names[0]); /* both loaded before the first thread runs */
    (void)test_key(names[1]);
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, verify_many,
                                        (void *)(uintptr_t)test_key(names[i])),
                         0);
    for (int i = 0; i < 2; i++) {
        void *failures;

        assert_int_equal(pthread_join(threads[i], &failures), 0);
        assert_null(failures);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changing_token),
        cmocka_unit_test(test_reentrant),
    };

    return cmocka_run_group_tests_name("concurrent", tests, NULL, NULL);
}
