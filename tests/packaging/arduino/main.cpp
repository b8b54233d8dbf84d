// SPDX-License-Identifier: Apache-2.0
#include "Arduino.h"

extern "C" {
#define _Noreturn [[noreturn]]
#include "board.h"
#include "console.h"
}

#define EOT 4 // ends the run, which no sketch does by itself

SerialPort Serial;

int SerialPort::read()
{
    int byte = board_get();

    if (byte == EOT)
        board_exit(0);
    return byte;
}

void SerialPort::print(const char *text)
{
    console_text(text);
}

void SerialPort::println(const char *text)
{
    console_text(text);
    board_put('\n');
}

int main()
{
    board_init();
    setup();
    for (;;)
        loop();
}
