/**
 * Files that are certainly not firmware, by the bytes that their formats prescribe: archives, compressed data, file
 * systems, pictures, programs for other machines. Sources: the formats' own specifications and magic(5) of each.
 */

export interface Foreign {
  /** "a tar archive" */
  readonly what: string;
  readonly kind: "archive" | "other";
}

/** Latin-1 text; at offset 0 unless it says otherwise. Several parts must all be there. */
type Magic = readonly [what: string, ...parts: readonly (string | readonly [offset: number, text: string])[]];

/** What holds other files, or one in another form: the firmware may be inside. */
const ARCHIVES: readonly Magic[] = [
  ["a ZIP archive", "PK\x03\x04"],
  ["an empty ZIP archive", "PK\x05\x06"],
  ["a part of a ZIP archive", "PK\x07\x08"],
  ["compressed with gzip", "\x1f\x8b"],
  ["compressed with xz", "\xfd7zXZ\0"],
  ["a 7-Zip archive", "7z\xbc\xaf\x27\x1c"],
  ["compressed with zstd", "\x28\xb5\x2f\xfd"],
  ["compressed with bzip2", "BZh", [4, "1AY&SY"]],
  ["compressed with bzip2", "BZh", [4, "\x17\x72\x45\x38\x50\x90"]],
  ["a RAR archive", "Rar!\x1a\x07"],
  ["compressed with lz4", "\x04\x22\x4d\x18"],
  ["compressed with lz4", "\x02\x21\x4c\x18"],
  ["compressed with lzma", "\x5d\0\0", [5, "\xff\xff\xff\xff\xff\xff\xff\xff"]],
  ["compressed with lzip", "LZIP"],
  ["compressed with lzop", "\x89LZO\0"],
  ["compressed with compress", "\x1f\x9d"],
  ["compressed with compress", "\x1f\xa0"],
  ["compressed with pack", "\x1f\x1e"],
  ["a tar archive", [257, "ustar"]],
  ["a cpio archive", "070701"],
  ["a cpio archive", "070702"],
  ["a cpio archive", "070707"],
  ["a cpio archive", "\xc7\x71"],
  ["a cpio archive", "\x71\xc7"],
  ["an ar archive or a Debian package", "!<arch>\n"],
  ["a thin ar archive", "!<thin>\n"],
  ["an RPM package", "\xed\xab\xee\xdb"],
  ["a Windows cabinet", "MSCF\0\0\0\0"],
  ["an ARJ archive", "\x60\xea", [10, "\x02"]],
  ["an LHA archive", [2, "-lh"], [6, "-"]],
  ["a xar archive", "xar!"],
  ["a squashfs file system, as RAUC bundles are", "hsqs"],
  ["a squashfs file system", "sqsh"],
  ["a cramfs file system", "\x45\x3d\xcd\x28"],
  ["a romfs file system", "-rom1fs-"],
  ["an ext2, ext3 or ext4 file system", [1080, "\x53\xef"]],
  ["a FAT file system", [54, "FAT1"], [510, "\x55\xaa"]],
  ["a FAT file system", [82, "FAT32"], [510, "\x55\xaa"]],
  ["an exFAT file system", [3, "EXFAT   "]],
  ["an NTFS file system", [3, "NTFS    "]],
  ["an image of a disk with partitions (GPT)", [512, "EFI PART"]],
  ["an ISO 9660 image", [0x8001, "CD001"]],
  ["an XFS file system", "XFSB"],
  ["a Btrfs file system", [0x1_0040, "_BHRfS_M"]],
  ["an F2FS file system", [1024, "\x10\x20\xf5\xf2"]],
  ["an EROFS file system", [1024, "\xe2\xe1\xf5\xe0"]],
  ["a JFFS2 file system", "\x85\x19\x03\x20"],
  ["a JFFS2 file system", "\x85\x19\x01\xe0"],
  ["a JFFS2 file system", "\x85\x19\x02\xe0"],
  ["a UBI image", "UBI#"],
  ["a UBIFS file system", "\x31\x18\x10\x06"],
  ["swap space", [4086, "SWAPSPACE2"]],
  ["an encrypted volume (LUKS)", "LUKS\xba\xbe"],
  ["a disk image (QCOW)", "QFI\xfb"],
  ["a disk image (VMDK)", "KDMV"],
  ["a disk image (VHD)", "conectix"],
  ["an OLE2 file, as .msi and .doc are", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"],
];

const OTHERS: readonly Magic[] = [
  ["a U-Boot image (uImage)", "\x27\x05\x19\x56"],
  ["a device tree or a FIT image", "\xd0\x0d\xfe\xed"],
  ["an Android boot image", "ANDROID!"],
  ["an Android sparse image", "\x3a\xff\x26\xed"],
  ["an Android update payload", "CrAU"],
  ["an image for STM32 microprocessors (STM32MP, STM32N6)", "STM\x32"],
  ["an encrypted image for ST's secure boot (SBSFU)", "SFU1"],
  ["an encrypted image for ST's secure boot (SBSFU)", "SFUM"],
  ["a TI .out or another COFF object", "\xc2\0", [20, "\x82\0"]],
  ["a program for macOS", "\xcf\xfa\xed\xfe"],
  ["a program for macOS", "\xce\xfa\xed\xfe"],
  ["a program for macOS", "\xfe\xed\xfa"],
  ["a Java class or a program for macOS", "\xca\xfe\xba\xbe"],
  ["a program for Windows or DOS", "MZ"],
  ["a WebAssembly module", "\0asm"],
  ["LLVM bitcode", "BC\xc0\xde"],
  ["an Android DEX file", "dex\n"],
  ["compiled Lua", "\x1bLua"],
  ["an SQLite database", "SQLite format 3\0"],
  ["a PDF document", "%PDF"],
  ["a PNG picture", "\x89PNG\r\n\x1a\n"],
  ["a JPEG picture", "\xff\xd8\xff"],
  ["a GIF picture", "GIF8"],
  ["a TIFF picture", "II*\0"],
  ["a TIFF picture", "MM\0*"],
  ["a RIFF file (WAV, AVI, WebP)", "RIFF", [8, "WAVE"]],
  ["a RIFF file (WAV, AVI, WebP)", "RIFF", [8, "AVI "]],
  ["a RIFF file (WAV, AVI, WebP)", "RIFF", [8, "WEBP"]],
  ["an Ogg file", "OggS\0"],
  ["a FLAC file", "fLaC"],
  ["an MP3 file", "ID3", [4, "\0"]],
  ["an MP4 file", [4, "ftyp"]],
  ["a Matroska file", "\x1a\x45\xdf\xa3"],
  ["a network capture", "\xd4\xc3\xb2\xa1"],
  ["a network capture", "\xa1\xb2\xc3\xd4"],
  ["a network capture", "\x0a\x0d\x0d\x0a", [8, "\x4d\x3c\x2b\x1a"]],
  ["encrypted with OpenSSL", "Salted__"],
  ["encrypted with age", "age-encryption.org/v1"],
];

/** undefined for what might be anything. */
export function foreignOf(bytes: Uint8Array): Foreign | undefined {
  const archive = nameIn(ARCHIVES, bytes) ?? computedArchive(bytes);
  if (archive !== undefined) return { what: archive, kind: "archive" };
  const other = nameIn(OTHERS, bytes) ?? (isEspImage(bytes) ? "an image for ESP32 or ESP8266" : undefined);
  return other === undefined ? undefined : { what: other, kind: "other" };
}

function nameIn(magics: readonly Magic[], bytes: Uint8Array): string | undefined {
  return magics.find(([, ...parts]) =>
    parts.every((part) => (typeof part === "string" ? has(bytes, 0, part) : has(bytes, part[0], part[1]))),
  )?.[0];
}

export function has(bytes: Uint8Array, offset: number, text: string): boolean {
  for (let index = 0; index < text.length; index++)
    if (bytes[offset + index] !== text.charCodeAt(index)) return false;
  return true;
}

function computedArchive(bytes: Uint8Array): string | undefined {
  if (isOldTar(bytes)) return "a tar archive";
  const skippable = (bytes[0]! & 0xf0) === 0x50 && has(bytes, 1, "\x2a\x4d\x18");
  return skippable ? "compressed with zstd" : undefined;
}

const TAR_BLOCK_BYTES = 512;
const TAR_SUM_OFFSET = 148;
const TAR_SUM_BYTES = 8;

/** A tar before POSIX has no magic, but each header holds the sum of its own bytes, in octal digits. */
function isOldTar(bytes: Uint8Array): boolean {
  if (bytes.length < TAR_BLOCK_BYTES || bytes[0] === 0) return false;
  const field = bytes.subarray(TAR_SUM_OFFSET, TAR_SUM_OFFSET + TAR_SUM_BYTES);
  const [, digits] = /^ *([0-7]+)[ \0]*$/.exec(String.fromCharCode(...field)) ?? [];
  if (digits === undefined) return false;
  let sum = 0x20 * TAR_SUM_BYTES; // the field itself counts as blanks
  for (let at = 0; at < TAR_BLOCK_BYTES; at++)
    if (at < TAR_SUM_OFFSET || at >= TAR_SUM_OFFSET + TAR_SUM_BYTES) sum += bytes[at]!;
  return sum === parseInt(digits, 8);
}

/** E9, 1 to 16 segments, a flash mode, and an entry inside the instruction memory at 0x40000000. */
const isEspImage = (bytes: Uint8Array): boolean =>
  bytes[0] === 0xe9 &&
  bytes[1]! >= 1 &&
  bytes[1]! <= 16 &&
  bytes[2]! <= 5 &&
  (bytes[7] === 0x40 || bytes[7] === 0x42);
