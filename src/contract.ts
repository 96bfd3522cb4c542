/** bootlace/contract: what a transport of your own has to hold to (docs/your-own-transport.md). */
export { transportContract, type ContractTest } from "./transport/contract/contract.js";
export { CONTRACT_CHIP, type ContractRig } from "./transport/contract/rig.js";
