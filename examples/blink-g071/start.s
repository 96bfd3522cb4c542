/* Vector table and start-up code of blink-g071, STM32G071 (Cortex-M0+). */
  .syntax unified
  .cpu cortex-m0plus
  .thumb

  .section .vectors, "a"
  .word ram_end           /* initial stack pointer: 0x20009000 */
  .word reset
  .word stop              /* NMI */
  .word stop              /* HardFault */
  .rept 7
  .word 0
  .endr
  .word stop              /* SVCall */
  .word 0, 0
  .word stop              /* PendSV */
  .word tick              /* SysTick */
  .rept 32
  .word stop              /* interrupts of the chip: none is used */
  .endr

  .section .text.reset, "ax"
  .global reset
  .type reset, %function
  .thumb_func
reset:
  ldr r0, =data_from      /* initialised data: from flash to RAM */
  ldr r1, =data_start
  ldr r2, =data_end
  b 2f
1:
  ldmia r0!, {r3}
  stmia r1!, {r3}
2:
  cmp r1, r2
  blo 1b
  ldr r1, =bss_start      /* the rest of the variables: zero */
  ldr r2, =bss_end
  movs r3, #0
  b 4f
3:
  stmia r1!, {r3}
4:
  cmp r1, r2
  blo 3b
  bl main
  .thumb_func
stop:
  b stop
  .size reset, . - reset
  .ltorg
