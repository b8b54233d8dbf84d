/* SPDX-License-Identifier: Apache-2.0 */
#include "flash_cut.h"

#include <string.h>

/* xorshift32 (Marsaglia 2003); its state is never 0. */
static uint8_t random_byte(struct port_flash_cut *cut)
{
    cut->random ^= cut->random << 13;
    cut->random ^= cut->random >> 17;
    cut->random ^= cut->random << 5;
    return (uint8_t)(cut->random >> 24);
}

static bool power_off(struct port_flash_cut *cut)
{
    cut->off = true;
    if (cut->power_off != NULL)
        cut->power_off();
    return false;
}

bool port_flash_cut_read(void *context, uint32_t address, void *data,
                         size_t len)
{
    const struct port_flash_cut *cut = context;

    return !cut->off &&
           cut->flash->read(cut->flash->context, address, data, len);
}

/* Programs a unit, or what the cut lets it. */
static bool write_unit(struct port_flash_cut *cut, uint32_t address,
                       const uint8_t *data)
{
    const struct port_flash *flash = cut->flash;
    uint8_t unit[PORT_FLASH_WRITE_SIZE_MAX];

    cut->units++;
    if (cut->left == 0 || --cut->left != 0)
        return flash->write(flash->context, address, data, flash->write_size);
    memcpy(unit, data, flash->write_size);
    /* Programming makes zeros: some are not there yet. */
    if (cut->kind == PORT_FLASH_CUT_PARTLY ||
        cut->kind == PORT_FLASH_CUT_GARBAGE)
        for (uint32_t i = 0; i < flash->write_size; i++)
            unit[i] = unit[i] | random_byte(cut);
    if (cut->kind != PORT_FLASH_CUT_BEFORE)
        (void)flash->write(flash->context, address, unit, flash->write_size);
    return power_off(cut);
}

bool port_flash_cut_write(void *context, uint32_t address, const void *data,
                          size_t len)
{
    struct port_flash_cut *cut = context;
    const uint8_t *bytes = data;
    const uint32_t write_size = cut->flash->write_size;

    if (cut->off || len % write_size != 0)
        return false;
    for (size_t at = 0; at < len; at += write_size)
        if (!write_unit(cut, address + (uint32_t)at, bytes + at))
            return false;
    return true;
}

/* Programs units of the sector again, from `from` to its end: with what stood
 * there, or with any bits. */
static void fill(struct port_flash_cut *cut, uint32_t address, uint32_t from,
                 const uint8_t *content)
{
    const struct port_flash *flash = cut->flash;
    uint8_t unit[PORT_FLASH_WRITE_SIZE_MAX];

    for (; from < flash->sector_size; from += flash->write_size) {
        for (uint32_t i = 0; i < flash->write_size; i++)
            unit[i] = content != NULL ? content[from + i] : random_byte(cut);
        (void)flash->write(flash->context, address + from, unit,
                           flash->write_size);
    }
}

static void erase_partly(struct port_flash_cut *cut, uint32_t address)
{
    const struct port_flash *flash = cut->flash;
    const bool half = cut->kind == PORT_FLASH_CUT_PARTLY && cut->sector != NULL;

    if (half)
        (void)flash->read(flash->context, address, cut->sector,
                          flash->sector_size);
    (void)flash->erase(flash->context, address);
    if (half)
        fill(cut, address, flash->sector_size / 2, cut->sector);
    else
        fill(cut, address, 0, NULL);
}

bool port_flash_cut_erase(void *context, uint32_t address)
{
    struct port_flash_cut *cut = context;
    const struct port_flash *flash = cut->flash;

    if (cut->off)
        return false;
    cut->sectors++;
    if (cut->left == 0 || --cut->left != 0)
        return flash->erase(flash->context, address);
    if (cut->kind == PORT_FLASH_CUT_AFTER)
        (void)flash->erase(flash->context, address);
    else if (cut->kind != PORT_FLASH_CUT_BEFORE)
        erase_partly(cut, address);
    return power_off(cut);
}
