/** bootlace: flash STM32 microcontrollers through the bootloader in their ROM, over I2C and UART. */
export { connect } from "./flash/connect.js";
export type { ConnectOptions, Target } from "./flash/target.js";
export type {
  ChecksumOptions,
  ChecksumProof,
  ChecksumResult,
  ChipInfo,
  EraseOptions,
  EraseResult,
  EraseWhat,
  JobOptions,
  OptionInfo,
  OptionsInfo,
  ProtectionResult,
  ProtectWhat,
  ReadOptions,
  SetOptionsOptions,
  SetOptionsResult,
  UnprotectOptions,
  VerifyOptions,
  VerifyResult,
  WriteOptions,
  WriteResult,
} from "./flash/job.js";
export type { OptionValues } from "./flash/options/plan.js";
export type {
  EventSink,
  FlashEvent,
  PageAction,
  PagePlanSummary,
  Phase,
  PlanSummary,
  Progress,
} from "./flash/events.js";
export { BootlaceError, ERRORS, type ErrorCode, type ErrorContext } from "./errors.js";
export { MemoryImage, type ImageFormat, type Segment } from "./image/image.js";
export { loadImage } from "./image/load.js";
export { parseImage } from "./image/parse.js";
export { mergeImages, movedBy, onlyWithin } from "./image/transform.js";
export { allDevices, deviceByProductId } from "./devices/load.js";
export { deviceByName } from "./devices/name.js";
export type { Device, Geometry, Page, Range } from "./devices/device.js";
export { doctor } from "./host/examine.js";
export type { Diagnosis } from "./host/doctor.js";
export type { Finding, FindingLevel } from "./host/finding.js";
export { ports, type I2cBusPort, type Ports, type PortsOptions, type SerialPortPort } from "./host/ports.js";
export { scan, type ScanAnswer, type ScanOptions, type ScanResult } from "./host/scan.js";
export { parseTarget, type TargetAddress } from "./transport/target.js";
export { openTransport, type OpenOptions } from "./transport/open.js";
export type { Traits } from "./transport/traits.js";
export { StepError, type Exchanged, type Step, type Transport } from "./transport/transport.js";
export { I2cBus } from "./transport/i2c/bus.js";
export { I2C_FUNC } from "./transport/i2c/functionality.js";
export { I2C_MESSAGE_FLAG, type I2cMessage } from "./transport/i2c/messages.js";

// What the types above speak of.
export type { CheckedBy } from "./flash/events.js";
export type { ErrorSide, Remedy } from "./errors.js";
export type { ImageNotes } from "./image/image.js";
export type { LoadOptions } from "./image/load.js";
export type { ParseOptions } from "./image/parse.js";
export type { NamedImage } from "./image/transform.js";
export type { AddressRange } from "./image/plausible.js";
export type { NameMatch } from "./devices/name.js";
export type { BootloaderRow, Flash } from "./devices/device.js";
export type { I2cAdapter } from "./host/adapters.js";
export type { NodeAccess } from "./host/node-access.js";
export type { SerialPort } from "./host/serial-ports.js";
export type { SkippedAddress } from "./host/scan-policy.js";
export type { I2cTarget, SerialTarget, SimTarget } from "./transport/target.js";
export type { I2cDevOptions } from "./transport/i2c/dev.js";
export type { SerialOptions } from "./transport/serial/serial.js";
export type {
  DelayStep,
  ExchangeOptions,
  PollStep,
  ReadStep,
  StepFailure,
  WriteStep,
} from "./transport/transport.js";
export type { I2cCounters, RunOptions } from "./transport/i2c/bus.js";
export type { MessageLimits } from "./transport/i2c/limits.js";
export type { LockQuery, LockResult, NativeBinding, RunResult } from "./native/binding.js";
export type { I2cReadBlockMessage, I2cReadMessage, I2cWriteMessage } from "./transport/i2c/messages.js";
export type { Place } from "./image/image.js";
export type { CatalogueEntry } from "./devices/catalogue.js";
export type { Alternate, DualBank, I2cRow, Sectors, UsartRow } from "./devices/device.js";
export type { BoundDriver } from "./host/bound-driver.js";
export type { SerialMode } from "./transport/serial/mode.js";
export type {
  FileHandle,
  GpioChipHandle,
  GpioChipInfo,
  GpioLineInfo,
  GpioLinesHandle,
  Handle,
  I2cHandle,
} from "./native/binding.js";
export type { MessageHead } from "./transport/i2c/messages.js";
export type { OptionField } from "./devices/options/field.js";
export type { BitField } from "./devices/options/field.js";
export type { Danger } from "./devices/options/field.js";
export type { SpiPort } from "./host/ports.js";
export type { SpiTarget } from "./transport/target.js";
export type { SpiHandle } from "./native/binding.js";
export type { SpiDevice } from "./host/spi-devices.js";
