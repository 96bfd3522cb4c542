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
