/** Made with Debian 12's minisign 0.11, signify-openbsd 31 and openssl 3.0; the keys are throw-away. */

export const MESSAGE: Uint8Array = new Uint8Array(
  Buffer.from("626f6f746c616365207465737420766563746f7220310a", "hex"),
);

export const MINISIGN_KEY = "RWQz5z45P55J5VOIPqlChn912pihS1zjus4YYo4LKTCYVdKnSNuW9aOt";
export const MINISIGN_ID = "E5499E3F393EE733";
const COMMENT = "trusted comment: product=demo version=1.2.3 chip=stm32g071";

/** Over the BLAKE2b of the file. */
export const MINISIGN_ED = `untrusted comment: untrusted words
RUQz5z45P55J5RSskEf7WzzupW4ks7guN0OOiqC/gdFNX/at+4RBpA3mzhIjEY4SDatrw5VtgO+ZGW8GcHwHKxnK/AKk1EWbywU=
${COMMENT}
uPRmZr3qnUe6LLbv2mmi646Z+RkHKmmSm2KYo5Aiow+pA5SBllZICvFPoNDVBMAPreh3ryFBEOkHZ+NygEpqCA==
`;

/** Over the file itself. */
export const MINISIGN_LEGACY = `untrusted comment: untrusted words
RWQz5z45P55J5f1suFEkqenuoee/ISXrm4YZp/7w42YNAUdoHNs/v0tXuk7D2zHPowiDgsAp1OXauUDEWlo25I6vKwQe+D8N7gQ=
${COMMENT}
i5YOlFoDv5TJprbRYXTm6xzQ+xs5QRWBs+2R+qgQvAtJza8bZBgON6VA97iY4+4JKG0Rs6r/Ha4iYA/Zn5TmAg==
`;

export const SIGNIFY_KEY = "RWRh3WuG78SKxmuUiEt42QeNAzaQd2qc+xfmnSLofG0KSrZ67ERJDb5n";
export const SIGNIFY = `untrusted comment: verify with x.pub
RWRh3WuG78SKxmu78rs152S+FClj2e8H68eRwr7AvGIUH6A3OO0rQ6gsqJQo3LW1qGKjlOTbaKipCb2gabTRhz0XMNtXuiEXZA0=
`;

export const OPENSSL_KEY = `-----BEGIN PUBLIC KEY-----
${Buffer.from("302a300506032b6570032100c5aef89435da15896fc6897953c47a1f04ec5a15142560ddc51c68b751702130", "hex").toString("base64")}
-----END PUBLIC KEY-----
`;
export const OPENSSL = new Uint8Array(
  Buffer.from(
    "9a462443a7ecde7a20e99e46367116e1c9b255f351f6076bdb39d0969ec373e43d662f001a3f518bf54c1fe89df69b7566f5a63b3bf8f34186336347b65c7b02",
    "hex",
  ),
);

export const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
