/* FreeRTOS for the example: preemption, time slices of 100,000 instructions,
 * everything allocated by the compiler.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef FREERTOS_CONFIG_H
#define FREERTOS_CONFIG_H

#define configCPU_CLOCK_HZ                   25000000
#define configTICK_RATE_HZ                   10000
#define configTICK_TYPE_WIDTH_IN_BITS        TICK_TYPE_WIDTH_32_BITS
#define configUSE_PREEMPTION                 1
#define configUSE_TIME_SLICING               1
#define configMAX_PRIORITIES                 3
#define configMINIMAL_STACK_SIZE             64
#define configMAX_TASK_NAME_LEN              8
#define configSUPPORT_STATIC_ALLOCATION      1
#define configSUPPORT_DYNAMIC_ALLOCATION     0
#define configKERNEL_PROVIDED_STATIC_MEMORY  1
#define configUSE_IDLE_HOOK                  0
#define configUSE_TICK_HOOK                  0
#define configUSE_TASK_NOTIFICATIONS         0
#define configCHECK_FOR_STACK_OVERFLOW       2
#define configUSE_APPLICATION_TASK_TAG       1
#define configKERNEL_INTERRUPT_PRIORITY      255
#define configMAX_SYSCALL_INTERRUPT_PRIORITY 191
#define configCHECK_HANDLER_INSTALLATION     0
#define INCLUDE_uxTaskGetStackHighWaterMark  1
#define INCLUDE_vTaskSuspend                 1

/* The example counts how often a task is taken out of a verification. */
void example_switched_out(void *task);
#define traceTASK_SWITCHED_OUT() example_switched_out(pxCurrentTCB)

/* The CMSIS names of the vectors. */
#define vPortSVCHandler     SVC_Handler
#define xPortPendSVHandler  PendSV_Handler
#define xPortSysTickHandler SysTick_Handler

#endif
