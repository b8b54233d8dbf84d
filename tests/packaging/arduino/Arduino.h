/* The least of an Arduino core: Serial on the board's UART.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ARDUINO_H
#define ARDUINO_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
struct SerialPort {
    void begin(unsigned long) {}
    int read();
    void print(const char *text);
    void println(const char *text);
};
extern SerialPort Serial;

void setup();
void loop();
#endif

#endif
