// Makes a photo small before it is sent: at most 1,600 px, as a JPEG. The server does it again; this saves the line.

const SIDE_PX = 1600;
const QUALITY = 0.8;
const SMALL_BYTES = 400000;

/**
 * @param {File} file
 * @returns {Promise<Blob>} a smaller picture; the file itself where it is small, or cannot be turned upright here
 */
export async function shrunk(file) {
  if (file.size <= SMALL_BYTES) return file;
  try {
    // Where a browser does not know how the camera was held it refuses the option, and the server turns the picture.
    const picture = await window.createImageBitmap(file, /** @type {any} */ ({ imageOrientation: "from-image" }));
    const small = await drawn(picture);
    return small && small.size < file.size ? small : file;
  } catch {
    return file;
  }
}

/**
 * @param {ImageBitmap} picture
 * @returns {Promise<Blob | null>}
 */
function drawn(picture) {
  const share = Math.min(1, SIDE_PX / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * share));
  canvas.height = Math.max(1, Math.round(picture.height * share));
  const pen = canvas.getContext("2d");
  if (!pen) return Promise.resolve(null);
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
}
