/*
 * Two tasks of FreeRTOS verify tokens at the same time, each in its own work,
 * and are switched in the middle of it. The tokens come from the console, one
 * line for each task; both may be the same text.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include <FreeRTOS.h>
#include <task.h>

#include "board.h"
#include "console.h"
#include "kjwt.h"

#include KJWT_KEYS_FILE

#define TASKS       2
#define ROUNDS      20
#define TOKEN_SIZE  1200
#define STACK_WORDS 256 /* kjwt takes 600 bytes, an interrupt's frame 64 */

/* Each task owns what it verifies with; they share the policy, a constant. */
struct verifier {
    const char *name;
    TaskHandle_t handle;
    volatile bool verifying;
    volatile uint32_t switches; /* out of a verification */
    uint32_t accepted;
    kjwt_status status; /* of the last round */
    size_t token_len;
    char token[TOKEN_SIZE];
    char scratch[TOKEN_SIZE];
    KJWT_WORK(work, KJWT_KEYS_MAX_BITS);
    StackType_t stack[STACK_WORDS];
    StaticTask_t task;
};

static struct verifier verifiers[TASKS];

static const struct kjwt_policy policy = {
    .keys = kjwt_keys, .key_count = KJWT_KEYS_COUNT,
    .options = KJWT_TIME_UNKNOWN_OK,
};

void example_switched_out(void *task)
{
    for (int i = 0; i < TASKS; i++)
        if (verifiers[i].handle == task && verifiers[i].verifying)
            verifiers[i].switches++;
}

static void verify(struct verifier *self)
{
    struct kjwt_claims claims;

    self->verifying = true;
    self->status = kjwt_verify_const(&policy, self->work, sizeof self->work,
                                     self->token, self->token_len,
                                     self->scratch, sizeof self->scratch,
                                     KJWT_TIME_UNKNOWN, &claims);
    self->verifying = false;
    if (self->status == KJWT_OK && kjwt_claims_verified(&claims))
        self->accepted++;
}

static void print(const char *words, uint32_t value)
{
    console_text(words);
    console_uint(value);
}

static void report(struct verifier *self)
{
    console_text(self->name);
    print(" accepted ", self->accepted);
    print(" of ", ROUNDS);
    console_text(", last ");
    console_text(kjwt_status_name(self->status));
    print(", switched ", self->switches);
    print(" times, stack left ",
          uxTaskGetStackHighWaterMark(NULL) * sizeof(StackType_t));
    board_put('\n');
}

static void run(void *argument)
{
    static uint32_t finished;
    struct verifier *self = argument;

    for (int i = 0; i < ROUNDS; i++)
        verify(self);
    taskENTER_CRITICAL(); /* the console, and the count */
    report(self);
    if (++finished == TASKS)
        board_exit(0);
    taskEXIT_CRITICAL();
    vTaskSuspend(NULL);
}

void vApplicationStackOverflowHook(TaskHandle_t task, char *name)
{
    (void)task;
    console_text("# stack overflow in task ");
    console_text(name);
    board_put('\n');
    board_exit(2);
}

static void read_token(struct verifier *self)
{
    int byte;

    while ((byte = board_get()) != '\n' && byte != BOARD_END)
        if (self->token_len < TOKEN_SIZE)
            self->token[self->token_len++] = (char)byte;
}

/* Armv7-M B3.2.5: the board's vectors, with the kernel's three in their
 * places. */
static void install_vectors(void)
{
    void SVC_Handler(void), PendSV_Handler(void), SysTick_Handler(void);
    static _Alignas(128) uintptr_t vectors[16];
    volatile uintptr_t *vtor = (uintptr_t *)0xe000ed08;

    memcpy(vectors, (const void *)*vtor, sizeof vectors);
    vectors[11] = (uintptr_t)SVC_Handler;
    vectors[14] = (uintptr_t)PendSV_Handler;
    vectors[15] = (uintptr_t)SysTick_Handler;
    *vtor = (uintptr_t)vectors;
}

int main(void)
{
    board_init();
    console_text("# kjwt " KJWT_VERSION " in two tasks of FreeRTOS "
                 tskKERNEL_VERSION_NUMBER "\n");
    for (int i = 0; i < TASKS; i++) {
        verifiers[i].name = i == 0 ? "a" : "b";
        read_token(&verifiers[i]);
    }
    install_vectors();
    for (int i = 0; i < TASKS; i++)
        verifiers[i].handle = xTaskCreateStatic(
            run, verifiers[i].name, STACK_WORDS, &verifiers[i], 1,
            verifiers[i].stack, &verifiers[i].task);
    vTaskStartScheduler();
    return 1; /* never reached: static tasks always start */
}
