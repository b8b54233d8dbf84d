/*
 * A fault campaign: runs handle_token() of an image in Unicorn once without a
 * fault, stops before every instruction and, from a copy of that state, goes on
 * with each fault in turn.
 *
 *   skip1, skip2, skip4   this instruction, or this and the next ones
 *   flip                  one bit of r0 just behind a call
 *   zero                  one register that was just loaded
 *
 * There are two processors. The tracer executes the run without a fault, one
 * instruction at a time; the runner starts from a copy of its registers and
 * memory and runs at full speed to an end.
 *
 * Usage: campaign NAME=VALUE...  (tests/faults/run passes them)
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unicorn/unicorn.h>

#define REGISTERS  17 /* r0 .. r12, sp, lr, pc, xPSR */
#define SP         13
#define LR         14
#define PC         15
#define XPSR       16
#define FLASH_SIZE 0x40000u
#define MAX_RANGES 16
#define MAX_CALLS  256
/* A device's storage, see rule.h: what is wild in RAM does not get there. It is
 * the last page of a state's memory. */
#define STORAGE      0x30000000u
#define STORAGE_SIZE 4096u

/* ------------------------------------------------------------- options --- */

struct range {
    uint32_t begin, end;
};

static struct {
    const char *flash, *cpu, *genuine, *token;
    uint32_t handle_token, refuse, act_on;
    uint32_t from; /* the attack begins there; 0: at the first instruction */
    uint32_t token_address, token_len_address, clock_address;
    uint32_t last_status;
    uint32_t once; /* the token is taken once, not refused */
    uint32_t ram, ram_end;
    uint32_t data_load, data_start, data_end;
    uint32_t kernel; /* the first call of the arithmetic */
    uint64_t genuine_now, now;
    uint32_t inner_step; /* of the inner loops every such instruction */
    uint32_t outer_step; /* of a repeated instruction every such time */
    uint32_t part, parts;
    struct range inner[MAX_RANGES];
    size_t inner_count;
} options;

static _Noreturn void die(const char *what, const char *detail)
{
    fprintf(stderr, "campaign: %s: %s\n", what, detail);
    exit(2);
}

static void check(uc_err error, const char *what)
{
    if (error != UC_ERR_OK)
        die(what, uc_strerror(error));
}

static void add_inner(const char *value)
{
    struct range *range = &options.inner[options.inner_count++];

    if (options.inner_count > MAX_RANGES ||
        sscanf(value, "%" SCNx32 "-%" SCNx32, &range->begin, &range->end) != 2)
        die("inner", value);
}

static void read_options(char **arguments)
{
    static const struct {
        const char *name;
        const char **text;
        uint32_t *number;
        uint64_t *number64;
    } known[] = {
        {"flash", &options.flash, NULL, NULL},
        {"cpu", &options.cpu, NULL, NULL},
        {"genuine", &options.genuine, NULL, NULL},
        {"token", &options.token, NULL, NULL},
        {"genuine_now", NULL, NULL, &options.genuine_now},
        {"now", NULL, NULL, &options.now},
        {"sym.handle_token", NULL, &options.handle_token, NULL},
        {"sym.refuse", NULL, &options.refuse, NULL},
        {"sym.act_on", NULL, &options.act_on, NULL},
        {"sym.verified", NULL, &options.from, NULL},
        {"sym.token", NULL, &options.token_address, NULL},
        {"sym.token_len", NULL, &options.token_len_address, NULL},
        {"sym.clock_now", NULL, &options.clock_address, NULL},
        {"sym.last_status", NULL, &options.last_status, NULL},
        {"once", NULL, &options.once, NULL},
        {"sym.stack_limit", NULL, &options.ram, NULL},
        {"sym.bss_end", NULL, &options.ram_end, NULL},
        {"sym.data_load", NULL, &options.data_load, NULL},
        {"sym.data_start", NULL, &options.data_start, NULL},
        {"sym.data_end", NULL, &options.data_end, NULL},
        {"sym.kjwt_limbs_square", NULL, &options.kernel, NULL},
        {"inner_step", NULL, &options.inner_step, NULL},
        {"outer_step", NULL, &options.outer_step, NULL},
        {"part", NULL, &options.part, NULL},
        {"parts", NULL, &options.parts, NULL},
    };

    for (; *arguments != NULL; arguments++) {
        char *value = strchr(*arguments, '=');
        size_t i = 0;

        if (value == NULL)
            die("no NAME=VALUE", *arguments);
        *value++ = '\0';
        if (strcmp(*arguments, "inner") == 0) {
            add_inner(value);
            continue;
        }
        while (i < sizeof known / sizeof known[0] &&
               strcmp(known[i].name, *arguments) != 0)
            i++;
        if (i == sizeof known / sizeof known[0])
            die("unknown option", *arguments);
        if (known[i].text != NULL)
            *known[i].text = value;
        else if (known[i].number != NULL)
            *known[i].number = (uint32_t)strtoul(value, NULL, 0);
        else
            *known[i].number64 = strtoull(value, NULL, 0);
    }
}

static bool is_inner(uint32_t pc)
{
    for (size_t i = 0; i < options.inner_count; i++)
        if (pc >= options.inner[i].begin && pc < options.inner[i].end)
            return true;
    return false;
}

/* ---------------------------------------------------------- processors --- */

static uint8_t flash[FLASH_SIZE];
static uint32_t ram_size;

struct state {
    uint32_t r[REGISTERS];
    uint8_t *ram;
};

struct processor {
    uc_engine *uc;
    uint8_t *ram;
};

static int register_ids[REGISTERS] = {
    UC_ARM_REG_R0,  UC_ARM_REG_R1, UC_ARM_REG_R2,  UC_ARM_REG_R3,
    UC_ARM_REG_R4,  UC_ARM_REG_R5, UC_ARM_REG_R6,  UC_ARM_REG_R7,
    UC_ARM_REG_R8,  UC_ARM_REG_R9, UC_ARM_REG_R10, UC_ARM_REG_R11,
    UC_ARM_REG_R12, UC_ARM_REG_SP, UC_ARM_REG_LR,  UC_ARM_REG_PC,
    UC_ARM_REG_XPSR};

static void *allocate(size_t size)
{
    void *memory = aligned_alloc(4096, (size + 4095) / 4096 * 4096);

    if (memory == NULL)
        die("memory", "none left");
    memset(memory, 0, size);
    return memory;
}

/* Behind the image, where flash is erased: what handle_token() returns to. */
static uint32_t return_address(void)
{
    return FLASH_SIZE - 16;
}

static uint8_t *storage_of(uint8_t *ram)
{
    return ram + ram_size - STORAGE_SIZE;
}

static struct processor make_processor(void)
{
    static const struct {
        const char *name;
        int model;
    } models[] = {{"cortex-m0", UC_CPU_ARM_CORTEX_M0},
                  {"cortex-m3", UC_CPU_ARM_CORTEX_M3},
                  {"cortex-m4", UC_CPU_ARM_CORTEX_M4}};
    uint64_t exits[] = {options.refuse & ~1u, options.act_on & ~1u,
                        return_address()};
    struct processor p = {NULL, allocate(ram_size)};
    int model = -1;

    for (size_t i = 0; i < sizeof models / sizeof models[0]; i++)
        if (strcmp(models[i].name, options.cpu) == 0)
            model = models[i].model;
    if (model < 0)
        die("unknown processor", options.cpu);
    check(uc_open(UC_ARCH_ARM, UC_MODE_THUMB | UC_MODE_MCLASS, &p.uc), "open");
    check(uc_ctl_set_cpu_model(p.uc, model), "model");
    check(uc_mem_map_ptr(p.uc, 0, FLASH_SIZE, UC_PROT_READ | UC_PROT_EXEC,
                         flash), "flash");
    /* Execution from RAM is told apart, see end_of(). */
    check(uc_mem_map_ptr(p.uc, options.ram, ram_size - STORAGE_SIZE,
                         UC_PROT_READ | UC_PROT_WRITE, p.ram), "RAM");
    check(uc_mem_map_ptr(p.uc, STORAGE, STORAGE_SIZE,
                         UC_PROT_READ | UC_PROT_WRITE, storage_of(p.ram)),
          "storage");
    check(uc_ctl_exits_enable(p.uc), "exits");
    check(uc_ctl_set_exits(p.uc, exits, 3), "exits");
    return p;
}

static void *pointers(uint32_t r[REGISTERS], void *to[REGISTERS])
{
    for (size_t i = 0; i < REGISTERS; i++)
        to[i] = &r[i];
    return to;
}

static void read_registers(struct processor *p, uint32_t r[REGISTERS])
{
    void *to[REGISTERS];

    check(uc_reg_read_batch(p->uc, register_ids, pointers(r, to), REGISTERS),
          "registers");
}

static void write_registers(struct processor *p, uint32_t r[REGISTERS])
{
    void *from[REGISTERS];

    check(uc_reg_write_batch(p->uc, register_ids, pointers(r, from), REGISTERS),
          "registers");
}

/* -------------------------------------------------------- instructions --- */

static uint32_t halfword(uint32_t address)
{
    if (address >= FLASH_SIZE - 1)
        return 0xffff;
    return (uint32_t)flash[address] | (uint32_t)flash[address + 1] << 8;
}

static uint32_t size_of(uint32_t pc)
{
    return halfword(pc) >> 11 >= 0x1d ? 4 : 2;
}

/* An IT instruction's state (Armv7-M A7.3.3), 0 for any other. */
static uint32_t it_of(uint32_t pc)
{
    uint32_t first = halfword(pc);

    return first >> 8 == 0xbf && (first & 15) != 0 ? first & 0xff : 0;
}

static uint32_t it_advance(uint32_t it)
{
    return (it & 7) == 0 ? 0 : (it & 0xe0) | (it << 1 & 0x1f);
}

static bool is_call(uint32_t pc)
{
    uint32_t first = halfword(pc), second = halfword(pc + 2);

    return (first >> 11 == 0x1e && (second & 0xd000) == 0xd000) ||
           (first & 0xff87) == 0x4780;
}

/* The registers that the 16-bit instruction loads, one bit each. */
static uint32_t loads_16(uint32_t op)
{
    const uint32_t low = 1u << (op & 7), middle = 1u << (op >> 8 & 7);

    switch (op >> 11) {
    case 0x09: /* literal */
    case 0x13: /* sp-relative */
        return middle;
    case 0x0d: /* word, byte, halfword, immediate offset */
    case 0x0f:
    case 0x11:
        return low;
    case 0x0a: /* register offset */
    case 0x0b:
        return (op >> 9 & 7) >= 3 ? low : 0;
    case 0x19: /* multiple */
        return op & 0xff;
    case 0x17: /* pop */
        return (op & 0xfe00) == 0xbc00 ? (op & 0xff) | (op & 0x100) << 7 : 0;
    default:
        return 0;
    }
}

static uint32_t loads_32(uint32_t first, uint32_t second)
{
    if ((first & 0xfe00) == 0xf800 && (first & 0x10) != 0)
        return 1u << (second >> 12);
    if ((first & 0xfe10) != 0xe810)
        return 0;
    if ((first & 0x40) == 0) /* multiple */
        return second;
    if ((first & 0xfff0) == 0xe8d0 && (second & 0xffe0) == 0xf000)
        return 1u << PC; /* table branch */
    return 1u << (second >> 12) | 1u << (second >> 8 & 15);
}

static uint32_t loads(uint32_t pc)
{
    return size_of(pc) == 2 ? loads_16(halfword(pc))
                            : loads_32(halfword(pc), halfword(pc + 2));
}

/* ---------------------------------------------------------------- runs --- */

enum end {
    REFUSED,    /* refuse(), with an error */
    OK_ALONE,   /* refuse(), although the status was KJWT_OK */
    ACCEPTED,   /* act_on() */
    RETURNED,   /* handle_token() returned, and neither was called */
    CRASHED,    /* a processor's fault */
    IN_RAM,     /* a jump into RAM, where nothing is to be executed */
    ENDLESS,    /* the watchdog */
    ENDS
};

static const char *const end_names[ENDS] = {
    "refused", "ok_alone", "accepted", "returned",
    "crashed", "in_ram", "endless"};

static struct processor tracer, runner;
static uint64_t blocks, block_limit, golden_blocks, tracer_blocks;

/* The state before the arithmetic of the run without a fault, and which bytes
 * of it that run reads from there on. A faulted run that comes to the same goes
 * on the same. */
static struct state before_kernel;
static uint8_t *live, *dead;
static bool compare_at_kernel;
static bool same_at_kernel;

static void on_block(uc_engine *uc, uint64_t address, uint32_t size,
                     void *context)
{
    (void)address;
    (void)size;
    (void)context;
    if (uc == tracer.uc)
        tracer_blocks++;
    else if (++blocks == block_limit)
        uc_emu_stop(uc);
}

/* What is dead does not count: r12 and the flags at a call, and bytes that are
 * written before they are read. */
static bool same_ram(const uint8_t *ram)
{
    for (uint32_t i = 0; i < ram_size; i++)
        if (live[i] && ram[i] != before_kernel.ram[i])
            return false;
    return true;
}

static void on_kernel(uc_engine *uc, uint64_t address, uint32_t size,
                      void *context)
{
    uint32_t r[REGISTERS];

    (void)address;
    (void)size;
    (void)context;
    if (!compare_at_kernel)
        return;
    compare_at_kernel = false;
    read_registers(&runner, r);
    if (memcmp(r, before_kernel.r, 12 * sizeof r[0]) != 0 ||
        memcmp(r + SP, before_kernel.r + SP, 2 * sizeof r[0]) != 0)
        return;
    same_at_kernel = same_ram(runner.ram);
    if (same_at_kernel)
        uc_emu_stop(uc);
}

static enum end end_of(struct processor *p, uc_err error)
{
    uint32_t r[REGISTERS];
    uint32_t status;

    read_registers(p, r);
    memcpy(&status, p->ram + (options.last_status - options.ram),
           sizeof status);
    if (p == &runner && blocks >= block_limit)
        return ENDLESS;
    if (r[PC] == (options.act_on & ~1u))
        return ACCEPTED;
    if (r[PC] == (options.refuse & ~1u))
        return status == 0 ? OK_ALONE : REFUSED;
    if (r[PC] == return_address())
        return RETURNED;
    if (error == UC_ERR_FETCH_PROT)
        return IN_RAM;
    return CRASHED;
}

/* Runs on from this state, with its IT state in place. */
static enum end run(const struct state *state, uint32_t it, bool converges)
{
    uint32_t r[REGISTERS];
    uc_err error;

    memcpy(r, state->r, sizeof r);
    memcpy(runner.ram, state->ram, ram_size);
    r[XPSR] = (r[XPSR] & ~0x0600fc00u) | 1u << 24 | (it & 0xfc) << 8 |
              (it & 3) << 25;
    r[PC] |= 1;
    write_registers(&runner, r);
    blocks = 0;
    compare_at_kernel = converges;
    same_at_kernel = false;
    block_limit = golden_blocks - tracer_blocks;
    block_limit += block_limit / 4 + 20000;
    error = uc_emu_start(runner.uc, r[PC], return_address(), 0, 0);
    return same_at_kernel ? REFUSED : end_of(&runner, error);
}

static size_t read_file(const char *path, uint8_t *to, size_t size)
{
    FILE *file = fopen(path, "rb");
    size_t len;

    if (file == NULL)
        die("cannot read", path);
    len = fread(to, 1, size, file);
    fclose(file);
    return len;
}

static void put(uint8_t *ram, uint32_t address, const void *from, size_t len)
{
    memcpy(ram + (address - options.ram), from, len);
}

/* Hands over a token and calls handle_token(). */
static enum end handle(struct processor *p, const char *path, uint64_t now)
{
    uint32_t r[REGISTERS] = {0};
    const uint32_t none = UINT32_MAX;
    uint8_t token[1024];
    uint32_t len = (uint32_t)read_file(path, token, sizeof token);

    put(p->ram, options.token_address, token, len);
    put(p->ram, options.token_len_address, &len, sizeof len);
    put(p->ram, options.clock_address, &now, sizeof now);
    put(p->ram, options.last_status, &none, sizeof none);
    r[SP] = options.data_start; /* the stack lies below */
    r[LR] = return_address() | 1;
    r[PC] = options.handle_token | 1;
    r[XPSR] = 1u << 24;
    write_registers(p, r);
    blocks = 0;
    return end_of(p, uc_emu_start(p->uc, r[PC], return_address(), 0, 0));
}

/* ------------------------------------------------------------ campaign --- */

enum kind { NONE, SKIP1, SKIP2, SKIP4, FLIP, ZERO, KINDS };

static const char *const kind_names[KINDS] = {"none",  "skip1", "skip2",
                                              "skip4", "flip",  "zero"};

static uint64_t results[KINDS][ENDS];
static uint8_t stored[STORAGE_SIZE]; /* by the run without a fault */

static uint32_t seen[FLASH_SIZE / 2];  /* times executed so far */
static uint32_t total[FLASH_SIZE / 2]; /* and in the whole run */
static uint64_t executed, kernel_at, inner_seen, chosen, points;
static bool begun; /* the attack has, see options.from */
static enum { IDLE, COUNT, ATTACK } pass;

static struct state now_state; /* before the current instruction */
static uint32_t it;            /* its IT state */
static uint32_t last_pc;
static bool last_executed; /* not a false condition */

static struct {
    uint32_t sp, address;
} calls[MAX_CALLS];
static size_t call_count;

/* Whether a token that was accepted is accepted once more. Not where the device
 * has stored what it should. */
static bool comes_again(void)
{
    if (memcmp(storage_of(runner.ram), stored, sizeof stored) == 0)
        return false;
    block_limit = 2 * golden_blocks;
    return handle(&runner, options.token, options.now) == ACCEPTED;
}

static void fault(enum kind kind, const struct state *state, uint32_t it_state,
                  uint32_t pc, int detail)
{
    enum end end = run(state, it_state, executed < kernel_at);

    /* A genuine token that is refused is no finding. */
    if (options.once &&
        (end == OK_ALONE || (end == ACCEPTED && !comes_again())))
        end = REFUSED;
    results[kind][end]++;
    if (end == ACCEPTED || end == OK_ALONE)
        printf("fault %s %s 0x%" PRIx32 " %d %" PRIu32 "\n", kind_names[kind],
               end_names[end], pc, detail, seen[pc / 2]);
    if (kind == NONE && end != REFUSED)
        die("a run without a fault ended otherwise", end_names[end]);
}

static void fault_skip(enum kind kind, int count)
{
    struct state state = now_state;
    uint32_t skipped_it = it;

    for (int i = 0; i < count; i++) {
        state.r[PC] += size_of(state.r[PC]);
        skipped_it = it_advance(skipped_it);
    }
    fault(kind, &state, skipped_it, now_state.r[PC], count);
}

static void fault_flip(uint32_t pc)
{
    struct state state = now_state;

    for (int bit = 0; bit < 32; bit++) {
        state.r[0] = now_state.r[0] ^ 1u << bit;
        fault(FLIP, &state, it, pc, bit);
    }
}

static void fault_zero(uint32_t mask)
{
    for (int i = 0; i < 16; i++) {
        struct state state = now_state;

        if ((mask >> i & 1) == 0)
            continue;
        if (i == PC) { /* address 0 without Thumb's bit: a fault */
            results[ZERO][CRASHED]++;
            continue;
        }
        if (state.r[i] == 0)
            continue;
        state.r[i] = 0;
        fault(ZERO, &state, it, last_pc, i);
    }
}

/* Of inner loops every inner_step-th instruction; of others the first and last
 * two times of each, and every outer_step-th between. */
static bool is_chosen(uint32_t pc)
{
    const uint32_t nth = seen[pc / 2];

    if (is_inner(pc))
        return inner_seen++ % options.inner_step == 0;
    return nth < 2 || nth + 2 >= total[pc / 2] ||
           nth % options.outer_step == 0;
}

/* Notes a call, and tells whether the one that was noted last has returned. */
static bool follow_calls(uint32_t pc)
{
    bool returned = false;

    while (call_count > 0 && now_state.r[SP] >= calls[call_count - 1].sp &&
           (pc == calls[call_count - 1].address ||
            now_state.r[SP] > calls[call_count - 1].sp)) {
        returned = pc == calls[--call_count].address;
        if (returned)
            break;
    }
    if (is_call(pc) && call_count < MAX_CALLS) {
        calls[call_count].sp = now_state.r[SP];
        calls[call_count++].address = pc + size_of(pc);
    }
    return returned;
}

static void attack(uint32_t pc, bool returned)
{
    points++;
    if (points % 97 == 1)
        fault(NONE, &now_state, it, pc, 0);
    fault_skip(SKIP1, 1);
    fault_skip(SKIP2, 2);
    fault_skip(SKIP4, 4);
    if (returned)
        fault_flip(pc);
    if (last_executed)
        fault_zero(loads(last_pc));
}

/* Whether a conditional instruction of an IT block is executed. */
static bool passes(uint32_t it_state, uint32_t xpsr)
{
    const bool n = xpsr >> 31 & 1, z = xpsr >> 30 & 1, c = xpsr >> 29 & 1,
               v = xpsr >> 28 & 1;
    const uint32_t condition = it_state >> 4;
    const bool positive[8] = {z, c, n, v, c && !z, n == v, n == v && !z, true};

    return it_state == 0 ||
           positive[condition >> 1] != (condition != 15 && (condition & 1));
}

/* In the first pass, behind the beginning of the arithmetic: what is read
 * before it is written is live there. */
static void on_access(uc_engine *uc, uc_mem_type type, uint64_t address,
                      int size, int64_t value, void *context)
{
    (void)uc;
    (void)value;
    (void)context;
    if (pass != COUNT || kernel_at == UINT64_MAX)
        return;
    for (; size-- > 0; address++) {
        uint64_t i = address - options.ram;

        if (i < ram_size && type == UC_MEM_WRITE)
            dead[i] = 1;
        else if (i < ram_size && !dead[i])
            live[i] = 1;
    }
}

static void on_instruction(uc_engine *uc, uint64_t address, uint32_t size,
                           void *context)
{
    const uint32_t pc = (uint32_t)address;
    bool returned;

    (void)uc;
    (void)size;
    (void)context;
    if (pass == IDLE)
        return;
    begun = begun || options.from == 0 || pc == options.from;
    if (pass == COUNT) {
        if (pc == options.kernel && kernel_at == UINT64_MAX) {
            kernel_at = executed;
            read_registers(&tracer, before_kernel.r);
            memcpy(before_kernel.ram, tracer.ram, ram_size);
        }
        total[pc / 2] += begun;
        executed++;
        return;
    }
    /* What a false condition leaves out in an IT block is not seen here. */
    for (uint32_t at = last_pc + size_of(last_pc); it != 0 && at != pc;
         at += size_of(at))
        it = it_advance(it);
    read_registers(&tracer, now_state.r);
    now_state.r[PC] = pc;
    now_state.ram = tracer.ram;
    returned = follow_calls(pc);
    if (executed > 0 && begun && is_chosen(pc) &&
        chosen++ % options.parts == options.part)
        attack(pc, returned);
    last_pc = pc;
    last_executed = passes(it, now_state.r[XPSR]);
    it = it_of(pc) != 0 ? it_of(pc) : it_advance(it);
    seen[pc / 2] += begun;
    executed++;
}

/* ---------------------------------------------------------------- main --- */

/* Hands over the token, and goes on only if that ends as it should. */
static void expect(struct processor *p)
{
    const enum end expected = options.once ? ACCEPTED : REFUSED;
    const enum end end = handle(p, options.token, options.now);

    if (end != expected)
        die("the token was not to be", end_names[end]);
}

static void count_pass(const uint8_t *ram)
{
    kernel_at = UINT64_MAX;
    pass = COUNT;
    expect(&tracer);
    memcpy(stored, storage_of(tracer.ram), sizeof stored);
    memcpy(tracer.ram, ram, ram_size);
    /* Wrong at a later check than the signature: the arithmetic is entered
     * and a run that comes to the same state there ends the same. */
    if (kernel_at == UINT64_MAX)
        die("the token was refused too early", options.token);
}

static void campaign(void)
{
    uint8_t *ram = allocate(ram_size);
    uc_hook hook;

    tracer = make_processor();
    runner = make_processor();
    now_state.ram = tracer.ram;
    before_kernel.ram = allocate(ram_size);
    live = allocate(ram_size);
    dead = allocate(ram_size);
    block_limit = UINT64_MAX;
    /* Before anything runs: what is translated already has no hooks. */
    check(uc_hook_add(tracer.uc, &hook, UC_HOOK_CODE, (void *)on_instruction,
                      NULL, 1, 0), "hook");
    check(uc_hook_add(tracer.uc, &hook, UC_HOOK_BLOCK, (void *)on_block, NULL,
                      1, 0), "hook");
    check(uc_hook_add(tracer.uc, &hook, UC_HOOK_MEM_READ | UC_HOOK_MEM_WRITE,
                      (void *)on_access, NULL, 1, 0), "hook");
    /* As the start-up code does. */
    memcpy(tracer.ram + (options.data_start - options.ram),
           flash + options.data_load, options.data_end - options.data_start);
    if (handle(&tracer, options.genuine, options.genuine_now) != ACCEPTED)
        die("the genuine token was not accepted", options.genuine);
    /* What that acceptance has left behind is what the attack starts from. */
    memcpy(ram, tracer.ram, ram_size);
    count_pass(ram);

    check(uc_hook_add(runner.uc, &hook, UC_HOOK_BLOCK, (void *)on_block, NULL,
                      1, 0), "hook");
    check(uc_hook_add(runner.uc, &hook, UC_HOOK_CODE, (void *)on_kernel, NULL,
                      options.kernel & ~1u, options.kernel & ~1u), "hook");
    memcpy(runner.ram, ram, ram_size);
    expect(&runner);
    golden_blocks = blocks;

    executed = 0;
    begun = false;
    tracer_blocks = 0;
    pass = ATTACK;
    expect(&tracer);
}

static void report(void)
{
    printf("executed %" PRIu64 " attacked %" PRIu64 "\n", executed, points);
    for (int kind = 0; kind < KINDS; kind++) {
        printf("result %s", kind_names[kind]);
        for (int end = 0; end < ENDS; end++)
            printf(" %s=%" PRIu64, end_names[end], results[kind][end]);
        printf("\n");
    }
}

int main(int argc, char **argv)
{
    (void)argc;
    options.parts = 1;
    options.inner_step = 1;
    options.outer_step = 1;
    read_options(argv + 1);
    options.kernel &= ~1u;
    options.from &= ~1u;
    ram_size = (options.ram_end - options.ram + 4095) / 4096 * 4096 +
               STORAGE_SIZE;
    memset(flash, 0xff, sizeof flash);
    (void)read_file(options.flash, flash, sizeof flash);
    campaign();
    report();
    return 0;
}
