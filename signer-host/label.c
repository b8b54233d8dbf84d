/*
 * QR codes by libqrencode, as SVG or through libpng.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "label.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>
#include <qrencode.h>

#define QUIET   4    /* modules around the code */
#define SCALE   4    /* pixels a module */
#define LEVEL_M 2331 /* bytes that version 40 holds at level M */

/* A label gets scratched: level M, which survives 15 % of damage, where the
 * text leaves room for it. */
static QRcode *encode(const char *text, struct error *error)
{
    size_t len = strlen(text);
    QRcode *code =
        QRcode_encodeData((int)len, (const unsigned char *)text, 0,
                          len <= LEVEL_M ? QR_ECLEVEL_M : QR_ECLEVEL_L);

    if (code == NULL)
        (void)error_set(error, EXIT_USAGE, "no QR code of %zu bytes: %s", len,
                        strerror(errno));
    return code;
}

static bool is_dark(const QRcode *code, int x, int y)
{
    return x >= 0 && y >= 0 && x < code->width && y < code->width &&
           (code->data[y * code->width + x] & 1) != 0;
}

/* ------------------------------------------------------------------ SVG --- */

/* The dark modules of a row as rectangles one module high. */
static void write_row(FILE *out, const QRcode *code, int y)
{
    int x = 0;

    while (x < code->width) {
        int from = x;

        while (is_dark(code, x, y))
            x++;
        if (x > from)
            (void)fprintf(out, "M%d %dh%dv1h-%dz", from + QUIET, y + QUIET,
                          x - from, x - from);
        else
            x++;
    }
}

/* Letters of a fixed width have about 0.6 of their height. */
static int letter_height(int width, size_t letters)
{
    int fitting = letters > 0 ? (int)((size_t)width * 10 / 6 / letters) : 0;

    return fitting > 6 ? 6 : fitting < 1 ? 1 : fitting;
}

bool label_svg(FILE *out, const char *text, const char *title,
               struct error *error)
{
    QRcode *code = encode(text, error);
    int width;
    int height;

    if (code == NULL)
        return false;
    width = code->width + 2 * QUIET;
    height = letter_height(code->width, strlen(title));
    (void)fprintf(out,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" "
                  "viewBox=\"0 0 %d %d\">\n"
                  "<title>%s</title>\n"
                  "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n"
                  "<path d=\"",
                  width, width + height + 2, title);
    for (int y = 0; y < code->width; y++)
        write_row(out, code, y);
    (void)fprintf(out,
                  "\"/>\n<text x=\"%d\" y=\"%d\" font-family=\"monospace\" "
                  "font-size=\"%d\">%s</text>\n</svg>\n",
                  QUIET, width + height, height, title);
    QRcode_free(code);
    return true;
}

/* ------------------------------------------------------------------ PNG --- */

static png_bytep draw(const QRcode *code, int pixels)
{
    png_bytep image = malloc((size_t)pixels * (size_t)pixels);

    if (image == NULL)
        return NULL;
    for (int y = 0; y < pixels; y++)
        for (int x = 0; x < pixels; x++)
            image[y * pixels + x] =
                is_dark(code, x / SCALE - QUIET, y / SCALE - QUIET) ? 0 : 255;
    return image;
}

bool label_png(FILE *out, const char *text, struct error *error)
{
    png_image header = {.version = PNG_IMAGE_VERSION,
                        .format = PNG_FORMAT_GRAY};
    QRcode *code = encode(text, error);
    png_bytep image;
    int pixels;
    bool done;

    if (code == NULL)
        return false;
    pixels = (code->width + 2 * QUIET) * SCALE;
    header.width = (png_uint_32)pixels;
    header.height = (png_uint_32)pixels;
    image = draw(code, pixels);
    done = image != NULL &&
           png_image_write_to_stdio(&header, out, 0, image, 0, NULL) != 0;
    if (!done)
        (void)(image == NULL ? out_of_memory(error)
                             : error_set(error, EXIT_USAGE, "no PNG: %s",
                                         header.message));
    png_image_free(&header);
    free(image);
    QRcode_free(code);
    return done;
}
