/*
 * blink-g071: lets the LED of a Nucleo-G071RB (PA5) breathe, and talks on USART2 (PA2, PA3; 115200 8N1, the board's
 * virtual COM port). Press ? for what it can do.
 *
 * A firmware to flash with bootlace: program and tables at 0x08000000, a bank of sounds at 0x08010000, a gap between.
 */
#include <stddef.h>

#include "stm32g071.h"
#include "tables.h"

#define VERSION "1.0"

static const char banner[] =
    "\r\n"
    "  blink-g071 " VERSION "\r\n"
    "  a small firmware that was flashed with bootlace\r\n"
    "\r\n";

static const char help[] =
    "  ?  this text\r\n"
    "  c  check the bank of sounds against its CRC-32\r\n"
    "  l  list the sounds\r\n"
    "  w  draw the next sound\r\n"
    "  n  list the notes of the piano\r\n"
    "  m  say hello in Morse on the LED\r\n"
    "  +  breathe faster        -  breathe slower\r\n"
    "  u  how long since reset\r\n";

/* Dots and dashes of A to Z. */
static const char *const morse[26] = {
    ".-",   "-...", "-.-.", "-..",  ".",   "..-.", "--.",  "....", "..",   ".---", "-.-",  ".-..", "--",
    "-.",   "---",  ".--.", "--.-", ".-.", "...",  "-",    "..-",  "...-", ".--",  "-..-", "-.--", "--..",
};

static const char *const note_names[12] = {"C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"};

static volatile uint32_t milliseconds;
static uint32_t step_ms = 8; /* initialised data: start-up code copies it */
static uint32_t next_sound;

void tick(void);
int main(void);

void tick(void) { milliseconds++; }

static void wait_ms(uint32_t duration) {
  uint32_t began = milliseconds;
  while (milliseconds - began < duration) {
  }
}

static void set_led(uint32_t brightness) { TIM2_CCR1 = lightness[brightness]; }

static void put(char c) {
  while ((USART2_ISR & (1u << 7)) == 0) { /* TXE */
  }
  USART2_TDR = (uint8_t)c;
}

static void print(const char *text) {
  while (*text != '\0') put(*text++);
}

static void print_number(uint32_t value) {
  char digits[11];
  char *at = digits + sizeof digits - 1;
  *at = '\0';
  do {
    *--at = (char)('0' + value % 10);
    value /= 10;
  } while (value != 0);
  print(at);
}

static void print_hex(uint32_t value) {
  for (int shift = 28; shift >= 0; shift -= 4) put("0123456789abcdef"[(value >> shift) & 15]);
}

static uint32_t crc32(const void *data, size_t length) {
  const uint8_t *bytes = data;
  uint32_t crc = 0xffffffffu;
  while (length-- > 0) crc = (crc >> 8) ^ crc_table[(crc ^ *bytes++) & 0xff];
  return ~crc;
}

static void check_sounds(void) {
  uint32_t crc = crc32(sounds.waves, sizeof sounds.waves);
  print("sounds: crc ");
  print_hex(crc);
  if (sounds.magic == SOUNDS_MAGIC && crc == sounds.crc)
    print(", good\r\n");
  else
    print(", DAMAGED: flash the image again\r\n");
}

static void list_sounds(void) {
  for (uint32_t index = 0; index < sounds.count; index++) {
    print_number(index);
    put(' ');
    print(sounds.names[index]);
    print("\r\n");
  }
}

/* One period, sideways, 32 lines of 64 columns. */
static void draw_sound(void) {
  const int16_t *wave = sounds.waves[next_sound];
  print(sounds.names[next_sound]);
  print("\r\n");
  for (uint32_t at = 0; at < WAVE_POINTS; at += WAVE_POINTS / 32) {
    for (int32_t column = (wave[at] + 32768) >> 10; column > 0; column--) put(' ');
    print("*\r\n");
  }
  next_sound = (next_sound + 1) % sounds.count;
}

static void list_notes(void) {
  for (uint32_t note = 21; note <= 108; note++) {
    print(note_names[note % 12]);
    print_number(note / 12 - 1);
    put(' ');
    print_number(note_millihertz[note] / 1000);
    print(" Hz\r\n");
  }
}

static void send_morse(const char *text) {
  for (; *text != '\0'; text++) {
    for (const char *sign = morse[*text - 'A']; *sign != '\0'; sign++) {
      set_led(WAVE_POINTS - 1);
      wait_ms(*sign == '.' ? 100 : 300);
      set_led(0);
      wait_ms(100);
    }
    wait_ms(200);
  }
}

static void answer(char command) {
  switch (command) {
    case '?': print(help); break;
    case 'c': check_sounds(); break;
    case 'l': list_sounds(); break;
    case 'w': draw_sound(); break;
    case 'n': list_notes(); break;
    case 'm': send_morse("HELLO"); break;
    case '+': step_ms = step_ms > 2 ? step_ms - 2 : 2; break;
    case '-': step_ms = step_ms < 30 ? step_ms + 2 : 30; break;
    case 'u':
      print_number(milliseconds / 1000);
      print(" s\r\n");
      break;
    default: print("press ? for help\r\n"); break;
  }
}

static void set_up(void) {
  RCC_IOPENR |= 1u << 0;               /* GPIOA */
  RCC_APBENR1 |= 1u << 0 | 1u << 17;   /* TIM2, USART2 */
  GPIOA_AFRL = (GPIOA_AFRL & ~0x00f0ff00u) | 1u << 8 | 1u << 12 | 2u << 20; /* PA2, PA3: USART2; PA5: TIM2_CH1 */
  GPIOA_MODER = (GPIOA_MODER & ~0x00000cf0u) | 2u << 4 | 2u << 6 | 2u << 10; /* alternate function */
  TIM2_PSC = 0;
  TIM2_ARR = 65535;    /* 244 Hz */
  TIM2_CCMR1 = 6u << 4; /* PWM mode 1 */
  TIM2_CCER = 1;
  TIM2_CR1 = 1;
  USART2_BRR = (HSI_HZ + 115200 / 2) / 115200;
  USART2_CR1 = 1u << 0 | 1u << 2 | 1u << 3; /* on, receive, send */
  SYST_RVR = HSI_HZ / 1000 - 1;
  SYST_CVR = 0;
  SYST_CSR = 7; /* on, interrupt, processor clock */
}

int main(void) {
  set_up();
  print(banner);
  check_sounds();
  for (uint32_t step = 0;; step = (step + 1) % (sizeof breath / sizeof *breath)) {
    set_led(breath[step]);
    wait_ms(step_ms);
    if ((USART2_ISR & (1u << 5)) != 0) answer((char)USART2_RDR); /* RXNE */
  }
}
