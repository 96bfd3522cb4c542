/* A stand-in for the STM32's ROM bootloader on its USART (AN3155, protocol 3.1), for machines that QEMU has: their flash is real
 * enough to be read and their reset to be a reset, but nothing can be programmed, so Erase and Write to flash are refused.
 *
 * It lies at the end of the flash, where the vector table at the flash's start leads each reset. Built with -DUSART=, -DPRODUCT_ID=,
 * -DFLASH_BYTES=, -DSIZE_REGISTER=, -DRAM_START=, -DRAM_FREE=, -DRAM_END=: it uses RAM_START to RAM_FREE, the host has the rest. */
#include <stdint.h>

typedef struct {
  volatile uint32_t status, data, baud, control1;
} Usart;

#define PORT ((Usart *)USART)
enum { RECEIVED = 1 << 5, EMPTY = 1 << 7, ENABLE = 1 << 13 | 1 << 3 | 1 << 2 };
enum { ACK = 0x79, NACK = 0x1f, SYNC = 0x7f };
enum { FLASH = 0x08000000, SYSTEM = 0x1ff00000, SYSTEM_END = 0x20000000 };

static uint8_t receive(void) {
  while (!(PORT->status & RECEIVED)) {
  }
  return (uint8_t)PORT->data;
}

static void send(uint8_t byte) {
  while (!(PORT->status & EMPTY)) {
  }
  PORT->data = byte;
}

static int within(uint32_t address, uint32_t length, uint32_t start, uint32_t end) {
  return address >= start && address < end && length <= end - address;
}

static uint8_t byte_at(uint32_t address) {
  if (address == SIZE_REGISTER) return (uint8_t)(FLASH_BYTES >> 10);
  if (address == SIZE_REGISTER + 1) return (uint8_t)(FLASH_BYTES >> 18);
  if (within(address, 1, SYSTEM, SYSTEM_END)) return 0xff;
  return *(const volatile uint8_t *)address;
}

static int readable(uint32_t address, uint32_t length) {
  return within(address, length, FLASH, FLASH + FLASH_BYTES) || within(address, length, RAM_FREE, RAM_END) ||
         within(address, length, SYSTEM, SYSTEM_END);
}

/* Five bytes, the last their XOR. */
static int receive_address(uint32_t *address) {
  uint8_t sum = 0;
  *address = 0;
  for (int i = 0; i < 4; i++) {
    uint8_t byte = receive();
    sum ^= byte;
    *address = *address << 8 | byte;
  }
  return receive() == sum;
}

static void get(void) {
  static const uint8_t reply[] = {8, 0x31, 0x00, 0x01, 0x02, 0x11, 0x21, 0x31, 0x44, 0x92};
  send(ACK);
  for (unsigned i = 0; i < sizeof reply; i++) send(reply[i]);
  send(ACK);
}

static void get_version(void) {
  send(ACK);
  send(0x31);
  send(0);
  send(0);
  send(ACK);
}

static void get_id(void) {
  send(ACK);
  send(1);
  send(PRODUCT_ID >> 8);
  send(PRODUCT_ID & 0xff);
  send(ACK);
}

static void read_memory(void) {
  uint32_t address;
  send(ACK);
  if (!receive_address(&address) || !readable(address, 1)) return send(NACK);
  send(ACK);
  uint8_t n = receive();
  if ((receive() ^ n) != 0xff) return send(NACK);
  send(ACK);
  for (unsigned i = 0; i <= n; i++) send(byte_at(address + i));
}

static void write_memory(void) {
  uint8_t bytes[256];
  uint32_t address;
  send(ACK);
  if (!receive_address(&address) || !within(address, 1, RAM_FREE, RAM_END)) return send(NACK);
  send(ACK);
  uint8_t n = receive(), sum = n;
  for (unsigned i = 0; i <= n; i++) sum ^= bytes[i] = receive();
  if (receive() != sum || !within(address, n + 1u, RAM_FREE, RAM_END)) return send(NACK);
  for (unsigned i = 0; i <= n; i++) ((volatile uint8_t *)address)[i] = bytes[i];
  send(ACK);
}

static void go(void) {
  uint32_t address;
  send(ACK);
  if (!receive_address(&address) || !(within(address, 8, FLASH, FLASH + FLASH_BYTES) || within(address, 8, RAM_FREE, RAM_END)))
    return send(NACK);
  send(ACK);
  const uint32_t *vectors = (const uint32_t *)address;
  __asm volatile("msr msp, %0\n bx %1" : : "r"(vectors[0]), "r"(vectors[1]));
}

static void command(uint8_t opcode) {
  switch (opcode) {
    case 0x00: return get();
    case 0x01: return get_version();
    case 0x02: return get_id();
    case 0x11: return read_memory();
    case 0x21: return go();
    case 0x31: return write_memory();
    default: send(NACK);
  }
}

__attribute__((section(".entry"), noreturn)) void rom(void) {
  PORT->control1 = ENABLE;
  while (receive() != SYNC) {
  }
  send(ACK);
  for (;;) {
    uint8_t opcode = receive();
    if ((receive() ^ opcode) == 0xff) command(opcode);
    else send(NACK);
  }
}
