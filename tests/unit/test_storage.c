/*
 * port/storage: the power cut at every write and every erase, damage, wear, and
 * what a flash port refuses.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <unistd.h>

#include "flash_cut.h"
#include "flash_file.h"
#include "flash_ram.h"
#include "records.h"
#include "support.h"

#define FLASH_MAX  32768u
#define RECORD_MAX 2048u
#define RECORD     KJWT_RECORD_ONE_SHOT

static const struct layout {
    const char *name;
    uint32_t write_size;
    uint32_t sector_size;
    uint32_t sectors;
    uint32_t size;
    uint32_t depth; /* power cuts in a row, each at every step */
} layouts[] = {
    {"time floor on an nRF51", 4, 1024, 1, 16, 1},
    {"one slot a half", 4, 64, 1, 16, 2},
    {"two slots a half", 4, 128, 1, 16, 2},
    {"three slots, an odd size", 4, 256, 1, 33, 1},
    {"programmed by the byte", 1, 128, 1, 21, 1},
    {"programmed by 2 bytes", 2, 128, 1, 24, 1},
    {"programmed by 8 bytes (STM32L4)", 8, 256, 1, 40, 2},
    {"programmed by 16 bytes (STM32U5)", 16, 512, 1, 40, 2},
    {"programmed by 32 bytes (STM32H7)", 32, 512, 1, 40, 2},
    {"a half of three sectors", 4, 256, 3, 700, 1},
    {"slots across sectors", 4, 128, 3, 100, 1},
};

static uint8_t memory[FLASH_MAX];
static uint8_t sector[FLASH_MAX];

/* A flash in RAM behind one whose power is cut, and one record in it. */
struct device {
    struct port_flash_ram ram;
    struct port_flash flash;
    struct port_flash_cut cut;
    struct port_flash cut_flash;
    struct port_record record;
    struct port_records records;
    struct kjwt_store store;
};

static uint32_t slots(const struct layout *layout)
{
    return layout->sectors * layout->sector_size /
           PORT_RECORD_SLOT(layout->size, layout->write_size);
}

static uint32_t flash_size(const struct layout *layout)
{
    return 2 * layout->sectors * layout->sector_size;
}

static void switch_on(struct device *device, const struct layout *layout)
{
    device->ram = (struct port_flash_ram){
        memory, flash_size(layout), layout->write_size, layout->sector_size};
    device->flash = (struct port_flash){
        layout->write_size,   layout->sector_size,  port_flash_ram_read,
        port_flash_ram_write, port_flash_ram_erase, &device->ram};
    device->cut = (struct port_flash_cut){
        .flash = &device->flash, .random = 1, .sector = sector};
    device->cut_flash = (struct port_flash){
        layout->write_size,   layout->sector_size,  port_flash_cut_read,
        port_flash_cut_write, port_flash_cut_erase, &device->cut};
    device->record =
        (struct port_record){RECORD, 0, layout->sectors, layout->size};
    device->records =
        (struct port_records){&device->cut_flash, &device->record, 1};
    device->store = (struct kjwt_store){port_records_load, port_records_save,
                                        &device->records};
}

static void new_device(struct device *device, const struct layout *layout)
{
    memset(memory, 0xff, sizeof memory);
    switch_on(device, layout);
}

/* The content of the n-th save: every byte and the length depend on n. */
static size_t content(uint8_t *bytes, const struct layout *layout, uint32_t n)
{
    const size_t len = layout->size - n % 5;

    for (size_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)(n * 37 + i * 11);
    return len;
}

static kjwt_status save(struct device *device, const struct layout *layout,
                        uint32_t n)
{
    uint8_t bytes[RECORD_MAX];
    const size_t len = content(bytes, layout, n);

    return device->store.save(device->store.context, RECORD, bytes, len);
}

#define NOTHING UINT32_MAX
#define DAMAGED (UINT32_MAX - 1)

/* The number of the save whose content is there, of `old` and the next. */
static uint32_t load(struct device *device, const struct layout *layout,
                     uint32_t old)
{
    uint8_t bytes[RECORD_MAX];
    uint8_t expected[RECORD_MAX];
    size_t len = 0;
    const kjwt_status status = device->store.load(device->store.context, RECORD,
                                                  bytes, sizeof bytes, &len);

    if (status == KJWT_ERR_STORE_EMPTY)
        return NOTHING;
    if (status != KJWT_OK)
        return DAMAGED;
    for (uint32_t n = old; n <= old + 1; n++)
        if (len == content(expected, layout, n) &&
            memcmp(bytes, expected, len) == 0)
            return n;
    fail_msg("neither the old nor the new content");
    return DAMAGED;
}

static struct {
    uint64_t cuts;
    uint64_t old;
    uint64_t new;
} seen;

/* After a cut within save number n + 1: n or n + 1, the same twice, and the
 * device goes on from there. n 0: nothing was saved before. */
static uint32_t check_state(struct device *device, const struct layout *layout,
                            uint32_t n)
{
    uint32_t state;

    switch_on(device, layout);
    state = load(device, layout, n);
    if (state == NOTHING && n == 0)
        state = 0;
    assert_true(state == n || state == n + 1);
    assert_int_equal(state == 0 ? NOTHING : state, load(device, layout, n));
    seen.cuts++;
    if (state == n)
        seen.old++;
    else
        seen.new ++;
    return state;
}

/* Cuts the save behind a state of the flash at every step and in every way;
 * at most `depth` cuts in a row. */
static void cut_everywhere(const struct layout *layout, uint32_t n,
                           uint32_t depth)
{
    struct device device;
    uint8_t before[FLASH_MAX];
    bool done = false;

    memcpy(before, memory, flash_size(layout));
    for (uint32_t left = 1; !done; left++) {
        for (uint32_t kind = 0; kind < PORT_FLASH_CUT_KINDS; kind++) {
            uint32_t state;

            memcpy(memory, before, flash_size(layout));
            switch_on(&device, layout);
            device.cut.left = left;
            device.cut.kind = (enum port_flash_cut_kind)kind;
            device.cut.random = left * 4 + kind + 1;
            done = save(&device, layout, n + 1) == KJWT_OK;
            if (done)
                break;
            state = check_state(&device, layout, n);
            if (depth > 1)
                cut_everywhere(layout, state, depth - 1);
            assert_status(save(&device, layout, state + 1), KJWT_OK);
            assert_int_equal(load(&device, layout, state + 1), state + 1);
        }
    }
    memcpy(memory, before, flash_size(layout));
}

static void test_power_cuts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++) {
        const struct layout *layout = &layouts[i];
        struct device device;

        memset(&seen, 0, sizeof seen);
        new_device(&device, layout);
        for (uint32_t n = 0; n < 2 * slots(layout) + 2; n++) {
            cut_everywhere(layout, n, layout->depth);
            switch_on(&device, layout);
            assert_status(save(&device, layout, n + 1), KJWT_OK);
            assert_int_equal(load(&device, layout, n + 1), n + 1);
        }
        printf("# %s: %u slots a half, %llu power cuts: old state %llu, "
               "new %llu, neither 0\n",
               layout->name, slots(layout), (unsigned long long)seen.cuts,
               (unsigned long long)seen.old, (unsigned long long)seen.new);
        assert_true(seen.old > 0 && seen.new > 0);
    }
}

/* Cut again and again, at random steps. */
static void test_random_power_cuts(void **state)
{
    (void)state;
    srand(1);
    memset(&seen, 0, sizeof seen);
    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++) {
        const struct layout *layout = &layouts[i];
        struct device device;
        uint32_t n = 0;

        new_device(&device, layout);
        for (uint32_t turn = 0; turn < 3000; turn++) {
            device.cut.left = (uint32_t)rand() % 60;
            device.cut.kind =
                (enum port_flash_cut_kind)(rand() % PORT_FLASH_CUT_KINDS);
            device.cut.random = (uint32_t)rand() | 1u;
            if (save(&device, layout, n + 1) == KJWT_OK) {
                n++;
                assert_int_equal(load(&device, layout, n), n);
            } else {
                n = check_state(&device, layout, n);
            }
        }
    }
    printf("# at random: %llu power cuts: old state %llu, new %llu\n",
           (unsigned long long)seen.cuts, (unsigned long long)seen.old,
           (unsigned long long)seen.new);
}

/* Each bit of the flash flipped, after each number of saves: the newest content
 * or a refusal, never an old content and never a new device. */
static void test_damage(void **state)
{
    (void)state;
    for (size_t i = 1; i < sizeof layouts / sizeof layouts[0]; i++) {
        const struct layout *layout = &layouts[i];
        struct device device;
        uint32_t refused = 0;

        new_device(&device, layout);
        for (uint32_t n = 1; n < 2 * slots(layout) + 2; n++) {
            assert_status(save(&device, layout, n), KJWT_OK);
            for (uint32_t bit = 0; bit < 8 * flash_size(layout);
                 bit += 1 + n % 3) {
                uint32_t found;

                memory[bit / 8] ^= (uint8_t)(1u << bit % 8);
                found = load(&device, layout, n);
                assert_true(found == n || found == DAMAGED);
                refused += found == DAMAGED;
                memory[bit / 8] ^= (uint8_t)(1u << bit % 8);
            }
        }
        assert_true(refused > 0);
    }
}

/* Turns over bits of the sequence of every slot that has one; twice is never.
 */
static void damage(const struct layout *layout)
{
    for (uint32_t slot = 0; slot < 2 * slots(layout); slot++) {
        const uint32_t at =
            slot / slots(layout) * flash_size(layout) / 2 +
            slot % slots(layout) *
                PORT_RECORD_SLOT(layout->size, layout->write_size);

        if (memory[at + 7] == 0 || memory[at + 7] == 0x80)
            memory[at + 7] ^= 0x80;
    }
}

/* A damaged record is replaced by a save, and until then it stays damaged,
 * wherever the power is cut meanwhile. */
static void test_damaged_record(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++) {
        const struct layout *layout = &layouts[i];
        uint8_t before[FLASH_MAX];
        struct device device;

        for (uint32_t saves = 1; saves < 2 * slots(layout) + 1; saves++) {
            bool done = false;

            new_device(&device, layout);
            for (uint32_t n = 1; n <= saves; n++)
                assert_status(save(&device, layout, n), KJWT_OK);
            damage(layout);
            assert_int_equal(load(&device, layout, 50), DAMAGED);
            memcpy(before, memory, sizeof before);
            for (uint32_t left = 1; !done; left++) {
                uint32_t found;

                memcpy(memory, before, sizeof memory);
                switch_on(&device, layout);
                device.cut.left = left;
                device.cut.kind = (enum port_flash_cut_kind)(left % 4);
                done = save(&device, layout, 51) == KJWT_OK;
                switch_on(&device, layout);
                found = load(&device, layout, 50);
                assert_true(found == 51 || (!done && found == DAMAGED));
                assert_status(save(&device, layout, 51), KJWT_OK);
                assert_int_equal(load(&device, layout, 50), 51);
                if (!done)
                    continue;
                /* Were the damage to heal, the old content is still gone. */
                damage(layout);
                found = load(&device, layout, 50);
                assert_true(found == 51 || found == DAMAGED);
            }
        }
    }
}

static uint32_t fails_in; /* reads; 0: none */

static bool failing_read(void *context, uint32_t address, void *data,
                         size_t len)
{
    if (fails_in > 0 && --fails_in == 0)
        return false;
    return port_flash_cut_read(context, address, data, len);
}

/* A read that fails once hides nothing: where two contents stand, of a save that
 * was cut off before its last mark, the older one is not given for the newer,
 * and a save does not begin anew. */
static void test_failed_reads(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++) {
        const struct layout *layout = &layouts[i];
        uint8_t before[FLASH_MAX];
        struct device device;
        uint32_t left = 0;
        uint32_t failed = 0;
        uint32_t found = 0;

        do {
            new_device(&device, layout);
            assert_status(save(&device, layout, 1), KJWT_OK);
            device.cut.left = ++left;
            assert_status(save(&device, layout, 2), KJWT_ERR_STORE_WRITE);
            switch_on(&device, layout);
        } while (load(&device, layout, 1) != 2);
        memcpy(before, memory, sizeof before);
        device.cut_flash.read = failing_read;
        do {
            memcpy(memory, before, sizeof memory);
            fails_in = ++failed;
            found = load(&device, layout, 1);
            assert_true(found == (fails_in > 0 ? 2 : DAMAGED));
        } while (fails_in == 0);
        failed = 0;
        do {
            memcpy(memory, before, sizeof memory);
            fails_in = ++failed;
            if (save(&device, layout, 3) != KJWT_OK)
                assert_int_equal(fails_in, 0);
            found = fails_in;
            fails_in = 0;
            assert_in_range(load(&device, layout, 2), 2, 3);
        } while (found == 0);
        assert_int_equal(load(&device, layout, 2), 3);
    }
}

/* Erases and written units a save, over many saves. */
static void test_wear(void **state)
{
    enum { SAVES = 1000 };

    (void)state;
    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++) {
        const struct layout *layout = &layouts[i];
        const uint32_t units =
            PORT_RECORD_SLOT(layout->size, layout->write_size) /
            layout->write_size;
        struct device device;

        new_device(&device, layout);
        for (uint32_t n = 1; n <= SAVES; n++)
            assert_status(save(&device, layout, n), KJWT_OK);
        printf("# %s, %u bytes: in %d saves %u units written, %u sectors "
               "erased\n",
               layout->name, layout->size, SAVES, device.cut.units,
               device.cut.sectors);
        assert_true(device.cut.units <= (SAVES + 1) * units);
        assert_true(device.cut.sectors <=
                    (SAVES / slots(layout) + 2) * layout->sectors);
    }
}

static void test_refusals(void **state)
{
    const struct layout *layout = &layouts[1];
    struct device device;
    uint8_t bytes[RECORD_MAX] = {0};
    size_t len = 1;

    (void)state;
    new_device(&device, layout);
    assert_status(port_records_load(&device.records, RECORD, bytes, 1, &len),
                  KJWT_ERR_STORE_EMPTY);
    assert_int_equal(len, 0);
    assert_status(
        port_records_save(&device.records, RECORD, bytes, layout->size + 1),
        KJWT_ERR_STORE_WRITE);
    assert_status(port_records_save(&device.records, RECORD + 1, bytes, 1),
                  KJWT_ERR_STORE_WRITE);
    assert_status(
        port_records_load(&device.records, RECORD + 1, bytes, 1, &len),
        KJWT_ERR_STORE_READ);
    /* No content is one, too. */
    assert_status(port_records_save(&device.records, RECORD, bytes, 0),
                  KJWT_OK);
    assert_status(port_records_load(&device.records, RECORD, bytes, 0, &len),
                  KJWT_OK);
    assert_status(port_records_save(&device.records, RECORD, bytes, 9),
                  KJWT_OK);
    assert_status(port_records_load(&device.records, RECORD, bytes, 8, &len),
                  KJWT_ERR_STORE_READ);
    device.cut.off = true;
    assert_status(port_records_load(&device.records, RECORD, bytes, 9, &len),
                  KJWT_ERR_STORE_READ);
    assert_status(port_records_save(&device.records, RECORD, bytes, 9),
                  KJWT_ERR_STORE_WRITE);
    device.cut.off = false;
    assert_status(port_records_erase(&device.records), KJWT_OK);
    assert_int_equal(load(&device, layout, 0), NOTHING);
    /* What another firmware left is no new device. */
    memset(memory, 0, sizeof memory);
    assert_int_equal(load(&device, layout, 0), NOTHING);
    device.record.size = 1000;
    assert_status(port_records_save(&device.records, RECORD, bytes, 9),
                  KJWT_ERR_STORE_WRITE);
}

/* The ports in RAM and in a file refuse what flash cannot do. */
static void check_port(const struct port_flash *flash)
{
    uint8_t unit[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    uint8_t back[8];

    assert_true(flash->erase(flash->context, 64));
    assert_false(flash->erase(flash->context, 65));
    assert_false(flash->erase(flash->context, 128));
    assert_true(flash->write(flash->context, 64, unit, 8));
    assert_false(flash->write(flash->context, 68, unit, 4)); /* not erased */
    assert_false(flash->write(flash->context, 74, unit, 4)); /* not aligned */
    assert_false(flash->write(flash->context, 72, unit, 3));
    assert_false(flash->write(flash->context, 124, unit, 8)); /* the end */
    assert_true(flash->read(flash->context, 64, back, 8));
    assert_memory_equal(back, unit, 8);
    assert_false(flash->read(flash->context, 125, back, 8));
    assert_true(flash->erase(flash->context, 64));
    assert_true(flash->read(flash->context, 64, back, 8));
    for (int i = 0; i < 8; i++)
        assert_int_equal(back[i], 0xff);
}

static void test_ports(void **state)
{
    static uint8_t bytes[128];
    struct port_flash_ram ram = {bytes, sizeof bytes, 4, 64};
    FILE *stream = tmpfile();
    struct port_flash_file file = {fileno(stream), 128, 4, 64};
    const struct port_flash in_ram = {4,
                                      64,
                                      port_flash_ram_read,
                                      port_flash_ram_write,
                                      port_flash_ram_erase,
                                      &ram};
    const struct port_flash in_file = {4,
                                       64,
                                       port_flash_file_read,
                                       port_flash_file_write,
                                       port_flash_file_erase,
                                       &file};

    (void)state;
    check_port(&in_ram);
    assert_true(port_flash_file_grow(&file));
    check_port(&in_file);
    fclose(stream);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_power_cuts),
        cmocka_unit_test(test_random_power_cuts),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_damaged_record),
        cmocka_unit_test(test_failed_reads),
        cmocka_unit_test(test_wear),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_ports),
    };

    return cmocka_run_group_tests_name("storage", tests, NULL, NULL);
}
