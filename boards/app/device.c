/*
 * What the verify shell keeps over a restart, and the rules of kjwt_device.h.
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A firmware has its rules as constants. Here a script chooses them, so they
 * lie in memory that a restart leaves alone; what the rules remember lies in
 * flash.
 */
#include "device.h"

#include <string.h>

#include "board.h"
#include "console.h"
#include "flash_cut.h"
#include "keyset.h"
#include "measure.h"
#include "records.h"
#include "words.h"

#define ISSUERS 4u
#define ENTRIES 8u

#define MADE      0x5be0cd19u
#define NAME_SIZE 64u

enum rule { FLOOR = 1, NONCE = 2, ONE_SHOT = 4, JTI = 8, BIND = 16 };

static BOARD_NOINIT struct {
    uint32_t made;
    uint32_t rules;
    int64_t built;
    uint32_t step_s;
    uint32_t write_step_s;
    uint32_t floor_now;
    char one_shot[NAME_SIZE];
    char bound[NAME_SIZE];
} settings;

static char id[2 * BOARD_ID_SIZE + 1];
static struct kjwt_floor time_floor;
static struct kjwt_challenge challenge;
/* The most that the rules took since the last `wear`. */
static uint32_t stack;

/* ------------------------------------------------------------- storage --- */

static struct port_flash_cut cut;
static struct port_flash flash = {.read = port_flash_cut_read,
                                  .write = port_flash_cut_write,
                                  .erase = port_flash_cut_erase,
                                  .context = &cut};

static struct port_record layout[] = {
    {.id = KJWT_RECORD_FLOOR, .size = 16},
    {.id = KJWT_RECORD_NONCE, .size = sizeof(struct kjwt_nonce)},
    {.id = KJWT_RECORD_ONE_SHOT,
     .size = ISSUERS * sizeof(struct kjwt_sequence)},
    {.id = KJWT_RECORD_JTI, .size = 8 + ENTRIES * sizeof(struct kjwt_jti)},
    {.id = KJWT_RECORD_KEYSET_VERSION, .size = 64},
    {.id = KJWT_RECORD_KEYSET, .size = KEYSET_SIZE},
};
static const struct port_records records = {&flash, layout,
                                            sizeof layout / sizeof layout[0]};

const struct kjwt_store device_store = {port_records_load, port_records_save,
                                        (void *)&records};

static void answer(const char *text)
{
    console_text(text);
    board_put('\n');
}

static void answer_status(kjwt_status status)
{
    if (status != KJWT_OK)
        console_text("error ");
    answer(status == KJWT_OK ? "ok" : kjwt_status_name(status));
}

static void power_off(void)
{
    answer("power cut");
    board_restart();
}

/* Gives each record its sectors, one behind the other. */
static void lay_out(void)
{
    uint32_t address;
    uint32_t size;

    cut = (struct port_flash_cut){.power_off = power_off, .random = 1};
    cut.flash = board_flash(&address, &size);
    flash.write_size = cut.flash->write_size;
    flash.sector_size = cut.flash->sector_size;
    size += address;
    for (size_t i = 0; i < sizeof layout / sizeof layout[0]; i++) {
        const uint32_t slot =
            PORT_RECORD_SLOT(layout[i].size, flash.write_size);

        layout[i].address = address;
        layout[i].sectors = (slot + flash.sector_size - 1) / flash.sector_size;
        address += 2 * layout[i].sectors * flash.sector_size;
    }
    if (address > size) {
        answer("# the flash is too small for the records");
        board_exit(2);
    }
}

/* --------------------------------------------------------------- start --- */

static void load_floor(void)
{
    time_floor = (struct kjwt_floor){.store = &device_store,
                                     .built = settings.built,
                                     .step_s = settings.step_s,
                                     .write_step_s = settings.write_step_s,
                                     .now = settings.floor_now};
    /* Without it every token is refused, and says why. */
    if ((settings.rules & FLOOR) != 0)
        (void)kjwt_floor_load(&time_floor);
}

void device_start(void)
{
    uint8_t bytes[BOARD_ID_SIZE];

    if (settings.made != MADE)
        memset(&settings, 0, sizeof settings);
    settings.made = MADE;
    lay_out();
    (void)kjwt_device_id(id, sizeof id, "", bytes, board_id(bytes));
    challenge =
        (struct kjwt_challenge){.store = &device_store, .random = board_random};
    load_floor();
}

/* --------------------------------------------------------------- rules --- */

void device_policy(struct kjwt_policy *policy, int64_t *now)
{
    if ((settings.rules & FLOOR) != 0)
        kjwt_floor_policy(&time_floor, policy, now);
}

static uint32_t admit_kept(struct kjwt_admission *admission, void *work)
{
    const struct kjwt_one_shot one_shot = {.store = &device_store,
                                           .claim = settings.one_shot,
                                           .sequences = work,
                                           .issuers = ISSUERS};
    const struct kjwt_jti_ring ring = {
        .store = &device_store, .memory = work, .entries = ENTRIES};
    uint32_t sum = 0;

    if ((settings.rules & NONCE) != 0) {
        (void)kjwt_admit_nonce(admission, &challenge);
        sum += KJWT_RULE_NONCE;
    }
    if ((settings.rules & ONE_SHOT) != 0) {
        (void)kjwt_admit_one_shot(admission, &one_shot);
        sum += KJWT_RULE_ONE_SHOT;
    }
    if ((settings.rules & JTI) != 0) {
        (void)kjwt_admit_jti(admission, &ring);
        sum += KJWT_RULE_JTI;
    }
    return sum;
}

/* The arguments of device_admit(), and what becomes of them. */
struct admitted {
    kjwt_status status;
    const struct kjwt_policy *policy;
    int64_t now;
    const struct kjwt_claims *claims;
    void *work;
};

static void admit(void *argument)
{
    struct admitted *token = argument;
    struct kjwt_admission admission;
    uint32_t sum = 0;

    (void)kjwt_admit_begin(&admission, token->status, token->policy, token->now,
                           token->claims, token->work);
    if ((settings.rules & BIND) != 0) {
        (void)kjwt_admit_claim(&admission, settings.bound, id);
        sum += KJWT_RULE_CLAIM;
    }
    if ((settings.rules & FLOOR) != 0) {
        (void)kjwt_admit_floor(&admission, &time_floor);
        sum += KJWT_RULE_FLOOR;
    }
    sum += admit_kept(&admission, token->work);
    token->status = admission.status;
    if (token->status == KJWT_OK && !kjwt_admitted(&admission, sum))
        token->status = KJWT_ERR_UNVERIFIED;
}

kjwt_status device_admit(kjwt_status status, const struct kjwt_policy *policy,
                         int64_t now, const struct kjwt_claims *claims,
                         void *work)
{
    struct admitted token = {status, policy, now, claims, work};
    const uint32_t used = measure_stack(admit, &token);

    if (stack < used)
        stack = used;
    return token.status;
}

/* ------------------------------------------------------------ commands --- */

/* Each gets what stands behind its name. */

static bool is_off(const char *text, size_t len)
{
    return len == strlen("off") && memcmp(text, "off", len) == 0;
}

static bool copy_name(char name[NAME_SIZE], const char *text, size_t len)
{
    if (len == 0 || len >= NAME_SIZE || memchr(text, '\0', len) != NULL) {
        answer("error name of a claim: at most 63 bytes");
        return false;
    }
    memcpy(name, text, len);
    name[len] = '\0';
    return true;
}

static void switch_rule(enum rule rule, bool on)
{
    if (on)
        settings.rules |= rule;
    else
        settings.rules &= ~(uint32_t)rule;
    answer("ok");
}

static void show_floor(void)
{
    if ((settings.rules & FLOOR) == 0) {
        answer("floor off");
        return;
    }
    console_text("floor ");
    console_int64(time_floor.time);
    console_text(" stored ");
    console_int64(time_floor.stored);
    console_text(" far ");
    console_int64(time_floor.far);
    board_put('\n');
}

static bool parse_floor_now(struct word word)
{
    settings.floor_now = KJWT_NOW_CLOCK | KJWT_NOW_FLOOR;
    if (words_equal(word, "clock"))
        settings.floor_now = KJWT_NOW_CLOCK;
    else if (words_equal(word, "floor"))
        settings.floor_now = KJWT_NOW_FLOOR;
    else
        return word.len == 0 || words_equal(word, "both");
    return true;
}

static void command_floor(const char *text, size_t len)
{
    int64_t numbers[3];
    bool good = true;

    if (len == 0) {
        show_floor();
        return;
    }
    if (is_off(text, len)) {
        switch_rule(FLOOR, false);
        return;
    }
    for (int i = 0; i < 3; i++)
        good = good && words_int64(words_next(&text, &len), &numbers[i]) &&
               numbers[i] >= 0 && (i == 0 || numbers[i] <= UINT32_MAX);
    if (!good || !parse_floor_now(words_next(&text, &len))) {
        answer("error floor: BUILT STEP WRITE-STEP [clock|floor|both], off, "
               "or nothing");
        return;
    }
    settings.built = numbers[0];
    settings.step_s = (uint32_t)numbers[1];
    settings.write_step_s = (uint32_t)numbers[2];
    settings.rules |= FLOOR;
    load_floor();
    answer_status(kjwt_floor_load(&time_floor));
}

static void command_nonce(const char *text, size_t len)
{
    char nonce[KJWT_NONCE_SIZE];
    kjwt_status status = KJWT_ERR_ARGUMENT;

    if (is_off(text, len)) {
        settings.rules &= ~(uint32_t)NONCE;
        answer_status(kjwt_challenge_close(&challenge));
        return;
    }
    if (len != 0) {
        answer("error nonce: off, or nothing");
        return;
    }
    settings.rules |= NONCE;
    status = kjwt_challenge_issue(&challenge, nonce);
    if (status != KJWT_OK) {
        answer_status(status);
        return;
    }
    console_text("nonce ");
    answer(nonce);
}

static void command_one_shot(const char *text, size_t len)
{
    if (is_off(text, len))
        switch_rule(ONE_SHOT, false);
    else if (len == 0 ? copy_name(settings.one_shot, "seq", 3)
                      : copy_name(settings.one_shot, text, len))
        switch_rule(ONE_SHOT, true);
}

static void command_jti(const char *text, size_t len)
{
    if (len == 0 || is_off(text, len))
        switch_rule(JTI, len == 0);
    else
        answer("error jti: off, or nothing");
}

static void command_bind(const char *text, size_t len)
{
    if (is_off(text, len))
        switch_rule(BIND, false);
    else if (copy_name(settings.bound, text, len))
        switch_rule(BIND, true);
}

static void command_id(const char *text, size_t len)
{
    (void)text;
    if (len == 0)
        console_text("id ");
    answer(len == 0 ? id : "error id: nothing follows");
}

static void command_reboot(const char *text, size_t len)
{
    (void)text;
    if (len != 0) {
        answer("error reboot: nothing follows");
        return;
    }
    answer("ok");
    board_restart();
}

static void command_power_cut(const char *text, size_t len)
{
    static const char *const kinds[PORT_FLASH_CUT_KINDS] = {"before", "partly",
                                                            "garbage", "after"};
    uint32_t kind = PORT_FLASH_CUT_GARBAGE;
    int64_t left = 0;
    struct word word;

    if (!words_int64(words_next(&text, &len), &left) || left < 0 ||
        left > UINT32_MAX)
        kind = PORT_FLASH_CUT_KINDS;
    word = words_next(&text, &len);
    if (word.len != 0)
        for (kind = 0; kind < PORT_FLASH_CUT_KINDS; kind++)
            if (words_equal(word, kinds[kind]))
                break;
    if (kind == PORT_FLASH_CUT_KINDS || len != 0) {
        answer("error power-cut: N [before|partly|garbage|after]");
        return;
    }
    cut.left = (uint32_t)left;
    cut.kind = (enum port_flash_cut_kind)kind;
    answer("ok");
}

static void command_wear(const char *text, size_t len)
{
    (void)text;
    if (len != 0) {
        answer("error wear: nothing follows");
        return;
    }
    console_text("wear units ");
    console_uint(cut.units);
    console_text(" sectors ");
    console_uint(cut.sectors);
    console_text(" stack ");
    console_uint(stack);
    board_put('\n');
    cut.units = 0;
    cut.sectors = 0;
    stack = 0;
}

static void command_erase(const char *text, size_t len)
{
    kjwt_status status = KJWT_ERR_ARGUMENT;

    (void)text;
    if (len != 0) {
        answer("error erase: nothing follows");
        return;
    }
    status = port_records_erase(&records);
    if (status != KJWT_OK) {
        answer_status(status);
        return;
    }
    answer("ok");
    board_restart();
}

static const struct {
    const char *name;
    void (*run)(const char *text, size_t len);
} commands[] = {
    {"bind", command_bind},         {"erase", command_erase},
    {"floor", command_floor},       {"id", command_id},
    {"jti", command_jti},           {"nonce", command_nonce},
    {"one-shot", command_one_shot}, {"power-cut", command_power_cut},
    {"reboot", command_reboot},     {"wear", command_wear},
};

bool device_command(const char *line, size_t len)
{
    const struct word name = words_next(&line, &len);

    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (!words_equal(name, commands[i].name))
            continue;
        commands[i].run(line, len);
        return true;
    }
    return false;
}
