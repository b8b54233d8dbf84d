/*
 * The rules of kjwt_device.h over flash, held against what a device was told
 * before: no sequence and no jti twice, no way back for the floor, no closed
 * nonce, whatever fails and wherever the power is cut.
 *
 *     a byte of settings, then steps: a byte that chooses one, and its own
 *
 * Claims count as verified without a signature, which signed.c has.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "device_token.h"
#include "flash_cut.h"
#include "flash_ram.h"
#include "records.h"

#define WRITE   4u
#define SECTOR  256u
#define ISSUERS 2u
#define ENTRIES 3u
#define STEPS   96
#define STEP    (24 * HOUR)

enum rules { CLAIM = 1, FLOOR = 2, NONCE = 4, ONE_SHOT = 8, JTI = 16 };

static const uint32_t rule_words[] = {KJWT_RULE_CLAIM, KJWT_RULE_FLOOR,
                                      KJWT_RULE_NONCE, KJWT_RULE_ONE_SHOT,
                                      KJWT_RULE_JTI};

/* --------------------------------------------------------------- store --- */

static uint8_t memory[8 * SECTOR];
static uint8_t sector[SECTOR];
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
static const struct port_record layout[] = {
    {KJWT_RECORD_FLOOR, 0 * SECTOR, 1, 16},
    {KJWT_RECORD_NONCE, 2 * SECTOR, 1, sizeof(struct kjwt_nonce)},
    {KJWT_RECORD_ONE_SHOT, 4 * SECTOR, 1,
     ISSUERS * sizeof(struct kjwt_sequence)},
    {KJWT_RECORD_JTI, 6 * SECTOR, 1, 8 + ENTRIES * sizeof(struct kjwt_jti)},
};
static const struct port_records records = {&cut_flash, layout,
                                            sizeof layout / sizeof layout[0]};

/* What the left-th load or save from now on does instead; left 0: nothing. */
static struct {
    enum { READ, OTHER, LONG, SAVES_NOT, SAVES_AND_FAILS, LIES, KINDS } kind;
    uint8_t left;
} fault;

/* Of the step that runs. */
static struct {
    bool failed; /* a call of the store did not do what it should */
    bool saved[KJWT_RECORD_JTI + 1]; /* saving was tried */
    bool unsaved; /* and failed, or was a lie */
} step;
static bool floor_lied; /* since the restart */

static bool strikes(bool saving)
{
    if ((fault.kind >= SAVES_NOT) != saving || fault.left == 0 ||
        --fault.left != 0)
        return false;
    step.failed = true;
    return true;
}

static kjwt_status load(void *context, uint32_t record, void *data, size_t size,
                        size_t *len)
{
    kjwt_status status;

    if (strikes(false)) {
        memset(data, 0x55, size);
        *len = fault.kind == LONG ? size + 1 : size;
        return fault.kind == LONG    ? KJWT_OK
               : fault.kind == OTHER ? KJWT_ERR_CRYPTO
                                     : KJWT_ERR_STORE_READ;
    }
    status = port_records_load(context, record, data, size, len);
    if (status == KJWT_ERR_STORE_EMPTY) {
        memset(data, 0x55, size);
        *len = size;
    } else if (status != KJWT_OK) {
        step.failed = true;
    }
    return status;
}

static kjwt_status save(void *context, uint32_t record, const void *data,
                        size_t len)
{
    kjwt_status status = KJWT_ERR_STORE_WRITE;
    const bool strike = strikes(true);

    step.saved[record] = true;
    if (!strike || fault.kind == SAVES_AND_FAILS)
        status = port_records_save(context, record, data, len);
    if (!strike) {
        step.failed = step.failed || status != KJWT_OK;
        step.unsaved = step.unsaved || status != KJWT_OK;
        return status;
    }
    if (fault.kind == LIES && record == KJWT_RECORD_FLOOR)
        floor_lied = true;
    else
        step.unsaved = true;
    return fault.kind == LIES ? KJWT_OK : KJWT_ERR_STORE_WRITE;
}

static const struct kjwt_store store = {load, save, (void *)&records};

/* -------------------------------------------------------------- device --- */

static KJWT_WORK(work, 2048);
static struct kjwt_policy policy;
static struct kjwt_floor floor_;
static struct kjwt_challenge challenge;
static struct kjwt_one_shot one_shot;
static struct kjwt_jti_ring ring;
static int64_t clock_;
static uint8_t random_byte;
static uint32_t random_count;

/* Only a store makes up for a generator that repeats itself. */
static bool random_bytes(void *context, void *data, size_t len)
{
    (void)context;
    random_count++;
    memset(data, random_byte, len);
    if (challenge.store == NULL)
        memcpy(data, &random_count, sizeof random_count);
    ((uint8_t *)data)[4] = random_byte >> 2;
    return random_byte != 0;
}

/* ------------------------------------------------- what was told before --- */

static struct {
    /* By issuer: the last sequence that was taken, and the last that may have
     * been. */
    int64_t taken[ISSUER_COUNT];
    int64_t tried[ISSUER_COUNT];
    struct {
        struct device_token token;
        bool taken; /* else it may have been */
    } jtis[STEPS];
    size_t jti_count;
    int64_t known; /* the latest time that was */
    int64_t kept;  /* the floor that no restart loses */
    char nonces[STEPS][KJWT_NONCE_SIZE];
    size_t nonce_count;
    bool open; /* the last of them is, or may be */
    bool closed; /* until a restart, whatever the store holds */
} told;

static void load_floor(void)
{
    const kjwt_status status = kjwt_floor_load(&floor_);

    must((status == KJWT_OK) == (floor_.time > 0),
         "there is a floor when it was read");
    must(status == KJWT_OK || step.failed, "the floor can be read");
    must(status != KJWT_OK || floor_.time >= told.kept,
         "a restart does not set the floor back");
    floor_lied = false;
}

/* RAM is lost. After a power cut each record reads as it was or as it should
 * be, and the rules tell which. */
static void restart(void)
{
    const struct port_flash_cut uncut = {
        .flash = &flash, .random = 1, .sector = sector};

    cut = uncut;
    floor_.time = floor_.stored = floor_.far = 0;
    memset(&challenge.nonce, 0, sizeof challenge.nonce);
    if (challenge.store == NULL)
        told.open = false;
    told.closed = challenge.closed = false;
    clock_ = KJWT_TIME_UNKNOWN;
    for (size_t i = 0; i < sizeof layout / sizeof layout[0]; i++) {
        uint8_t data[8 + ENTRIES * sizeof(struct kjwt_jti)];
        size_t len;
        kjwt_status status = port_records_load((void *)&records, layout[i].id,
                                               data, sizeof data, &len);

        must(status == KJWT_OK || status == KJWT_ERR_STORE_EMPTY,
             "a record outlives a power cut");
    }
    load_floor();
}

static void new_device(uint8_t settings)
{
    memset(memory, 0xff, sizeof memory);
    memset(&told, 0, sizeof told);
    memset(&fault, 0, sizeof fault);
    memset(&step, 0, sizeof step);
    memset(told.taken, 0xff, sizeof told.taken);
    memset(told.tried, 0xff, sizeof told.tried);
    policy = (struct kjwt_policy){.leeway_s = settings & 1 ? HOUR / 2 : 0,
                                  .max_age_s = settings & 2 ? 8 * HOUR : 0,
                                  .options = KJWT_TIME_UNKNOWN_OK};
    if (settings & 4)
        policy.options |= KJWT_EXP_OPTIONAL;
    floor_ = (struct kjwt_floor){.store = &store,
                                 .built = BUILT,
                                 .step_s = STEP,
                                 .write_step_s = settings & 8 ? 0 : 4 * HOUR,
                                 .now = settings / 64u % 3u + 1u};
    challenge =
        (struct kjwt_challenge){.store = settings & 16 ? NULL : &store,
                                .random = random_bytes};
    one_shot = (struct kjwt_one_shot){.store = &store,
                                      .sequences = (void *)work,
                                      .issuers = ISSUERS,
                                      .gap = settings & 32 ? 10 : 0};
    ring = (struct kjwt_jti_ring){
        .store = &store, .memory = work, .entries = ENTRIES};
    random_count = 0;
    restart();
}

/* --------------------------------------------------------------- rules --- */

static void check_claim(const struct device_token *token, kjwt_status status)
{
    must((status == KJWT_OK) == token->ours, "a token names its device");
}

static void check_floor(const struct device_token *token, kjwt_status status,
                        int64_t before)
{
    const int64_t evidence = token->iat > token->nbf ? token->iat : token->nbf;
    const int64_t leeway = policy.leeway_s;

    must(floor_.time >= before && floor_.time - before <= STEP &&
             (floor_.time == before || floor_.time <= evidence),
         "the floor goes up by a step at most, and by evidence");
    if (status != KJWT_OK) {
        must(floor_.time == before, "a refused token does not move the floor");
        return;
    }
    must(before > 0, "nothing passes a floor that was not read");
    must(token->exp < 0 || (token->exp + leeway > before &&
                            token->exp + leeway > evidence),
         "a token has not expired by the floor");
    must(policy.max_age_s == 0 ||
             (token->iat > 0 &&
              before - token->iat <= (int64_t)policy.max_age_s + leeway),
         "a token is not too old");
    if (!floor_lied) {
        const int64_t lost =
            floor_.write_step_s > 0 ? floor_.write_step_s - 1 : 0;

        if (told.kept < floor_.time - lost)
            told.kept = floor_.time - lost;
    }
}

static void check_nonce(const struct device_token *token, kjwt_status status)
{
    if (status != KJWT_OK)
        return;
    must(told.open && !told.closed &&
             strcmp(token->nonce, told.nonces[told.nonce_count - 1]) == 0,
         "only the open nonce is taken");
    told.open = false;
}

static void check_one_shot(const struct device_token *token, kjwt_status status)
{
    int64_t *taken = &told.taken[token->issuer];
    int64_t *tried = &told.tried[token->issuer];
    const int64_t gap = one_shot.gap;
    const bool good = *taken >= 0 && token->seq > *tried &&
                      (gap == 0 || token->seq - *taken <= gap);

    if (status == KJWT_OK) {
        must(token->seq >= 0 && token->seq > *taken,
             "no sequence is taken twice, and none below another");
        must(gap == 0 || *taken < 0 || token->seq - *tried <= gap,
             "no sequence is beyond the gap");
        *taken = token->seq;
    } else {
        must(step.failed || !good, "a sequence above the last one is taken");
    }
    if (step.saved[KJWT_RECORD_ONE_SHOT] && *tried < token->seq)
        *tried = token->seq;
}

static void check_jti(const struct device_token *token, kjwt_status status)
{
    bool fresh = told.jti_count < ENTRIES && token->jti >= 0 && token->exp > 0;

    for (size_t i = 0; i < told.jti_count; i++) {
        const struct device_token *other = &told.jtis[i].token;

        if (other->issuer != token->issuer || other->jti != token->jti)
            continue;
        fresh = false;
        must(status != KJWT_OK || !told.jtis[i].taken ||
                 (other->exp != token->exp &&
                  other->exp + (int64_t)policy.leeway_s <= told.known),
             "no jti is taken twice before it has expired");
    }
    if (status == KJWT_OK)
        must(token->jti >= 0 && token->exp >= 0,
             "a token has what the ring is made of");
    else
        must(step.failed || !fresh, "a jti that is new is taken");
    if (status == KJWT_OK || step.saved[KJWT_RECORD_JTI]) {
        told.jtis[told.jti_count].token = *token;
        told.jtis[told.jti_count++].taken = status == KJWT_OK;
    }
}

/* A rule that runs behind one that refused changes nothing. */
static kjwt_status run_rules(struct kjwt_admission *admission, unsigned rules,
                             const struct device_token *token)
{
    const int64_t before = floor_.time;
    kjwt_status status = admission->status;

    if (rules & CLAIM) {
        kjwt_status after =
            kjwt_admit_claim(admission, DEVICE_CLAIM, DEVICE_ID);

        if (status == KJWT_OK)
            check_claim(token, after);
        status = after;
    }
    if (rules & FLOOR) {
        kjwt_status after = kjwt_admit_floor(admission, &floor_);

        check_floor(token, after, before);
        if (told.known < floor_.time)
            told.known = floor_.time;
        status = after;
    }
    if (rules & NONCE)
        check_nonce(token, status = kjwt_admit_nonce(admission, &challenge));
    if (rules & ONE_SHOT) {
        kjwt_status after = kjwt_admit_one_shot(admission, &one_shot);

        if (status == KJWT_OK)
            check_one_shot(token, after);
        must(status == KJWT_OK || after == status, "a refusal stays");
        status = after;
    }
    if (rules & JTI) {
        kjwt_status after = kjwt_admit_jti(admission, &ring);

        if (status == KJWT_OK)
            check_jti(token, after);
        must(status == KJWT_OK || after == status, "a refusal stays");
        status = after;
    }
    return status;
}

static void check_admitted(const struct kjwt_admission *admission,
                           unsigned rules, kjwt_status status)
{
    uint32_t sum = 0;

    for (unsigned i = 0; i < 5; i++)
        if (rules & 1u << i)
            sum += rule_words[i];
    must(kjwt_admitted(admission, sum) == (status == KJWT_OK),
         "a token is admitted when all rules take it");
    must(status != KJWT_OK || (!step.unsaved && !cut.off),
         "nothing is admitted that was not saved");
    for (unsigned i = 0; i < 5; i++)
        must(!kjwt_admitted(admission, sum + rule_words[i]) &&
                 !kjwt_admitted(admission, sum - rule_words[i]),
             "nothing is admitted by other rules than those that ran");
}

static void present(struct fuzz_input *input)
{
    const uint8_t rules = fuzz_byte(input);
    struct device_token token;
    struct kjwt_policy adjusted = policy;
    struct kjwt_admission admission;
    struct kjwt_claims claims;
    int64_t now = clock_;
    kjwt_status status;

    device_token_make(&token, input, told.nonces, told.nonce_count);
    if (rules & FLOOR)
        kjwt_floor_policy(&floor_, &adjusted, &now);
    status = device_token_verify(&token, &adjusted, work, now, &claims);
    if (rules & 32)
        claims.proof++;
    status =
        kjwt_admit_begin(&admission, status, &adjusted, now, &claims, work);
    must(status != KJWT_OK || !(rules & 32), "claims count when verified");
    if (claims.time_checked != 0 && told.known < now)
        told.known = now;
    status = run_rules(&admission, rules, &token);
    check_admitted(&admission, rules, status);
    device_token_free(&token);
}

/* --------------------------------------------------------------- steps --- */

static void issue(struct fuzz_input *input)
{
    char *text = told.nonces[told.nonce_count];
    kjwt_status status;

    random_byte = fuzz_byte(input);
    status = kjwt_challenge_issue(&challenge, text);
    if (status != KJWT_OK) {
        must(text[0] == '\0', "a failure gives no nonce");
        must(challenge.nonce.open == 0, "a failure leaves none open");
        told.open = told.open && step.failed;
        told.closed = true;
        return;
    }
    must(strlen(text) == KJWT_NONCE_SIZE - 1, "a nonce has its length");
    for (size_t i = 0; i < told.nonce_count; i++)
        must(strcmp(told.nonces[i], text) != 0, "no nonce comes twice");
    told.nonce_count++;
    told.open = true;
    told.closed = false;
}

static void close_nonce(void)
{
    if (kjwt_challenge_close(&challenge) == KJWT_OK)
        told.open = false;
    told.closed = true;
}

static void arm(struct fuzz_input *input, bool power)
{
    const uint8_t kind = fuzz_byte(input);
    const uint8_t left = fuzz_byte(input);

    if (power) {
        cut.kind = kind % PORT_FLASH_CUT_KINDS;
        cut.left = left;
    } else {
        fault.kind = kind % KINDS;
        fault.left = left % 8;
    }
}

static void run_step(struct fuzz_input *input)
{
    const uint8_t choice = fuzz_byte(input) % 16;

    memset(&step, 0, sizeof step);
    /* What gives out a nonce or closes it does not read it again. */
    if (fault.kind == LIES && (choice == 10 || choice == 11))
        fault.left = 0;
    switch (choice) {
    case 10: issue(input); break;
    case 11: close_nonce(); break;
    case 12: clock_ = device_time(fuzz_byte(input)); break;
    case 13: arm(input, false); break;
    case 14: arm(input, true); break;
    case 15: restart(); break;
    default: present(input); break;
    }
    if (cut.off)
        restart();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};

    new_device(fuzz_byte(&input));
    for (int i = 0; i < STEPS && input.len > 0; i++)
        run_step(&input);
    return 0;
}
