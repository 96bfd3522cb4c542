/* What blink-g071 looks up instead of computing; tables.c is made by make-tables.mjs. */
#ifndef TABLES_H
#define TABLES_H

#include <stdint.h>

#define WAVE_POINTS 1024
#define WAVE_COUNT 12
#define SOUNDS_MAGIC 0x31444e53u /* "SND1" */

/* A bank of waveforms that lies apart from the program, so that either can be replaced alone. */
struct sounds {
  uint32_t magic;
  uint16_t count;
  uint16_t points;
  uint32_t crc; /* CRC-32 (zlib) of `waves` */
  char names[WAVE_COUNT][12];
  int16_t waves[WAVE_COUNT][WAVE_POINTS];
};

extern const struct sounds sounds;
extern const uint32_t crc_table[256];
extern const uint16_t lightness[WAVE_POINTS];
extern const uint16_t breath[512];
extern const uint32_t note_millihertz[128];

#endif
