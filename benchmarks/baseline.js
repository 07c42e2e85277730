// The comparison: one gzip NIfTI, fetched once, inflated in a worker; the first picture is the middle
// sagittal slice at full resolution, which is all a whole-file loader can show first.
const source = `
onmessage = async ({data}) => {
  const answer = await fetch(data);
  const stream = answer.body.pipeThrough(new DecompressionStream("gzip"));
  const bytes = await new Response(stream).arrayBuffer();
  const view = new DataView(bytes);
  const dims = [42, 44, 46].map((at) => view.getInt16(at, true));
  const voxels = new Int16Array(bytes, view.getFloat32(108, true));
  postMessage({dims, voxels}, [bytes]);
};`;
const worker = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
worker.onmessage = ({ data: { dims, voxels } }) => {
  const [columns, rows, slices] = dims;
  const slice = Math.floor(slices / 2) * columns * rows;
  const canvas = document.getElementById("picture");
  canvas.width = columns;
  canvas.height = rows;
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  for (let at = 0; at < columns * rows; at += 1) {
    const grey = ((voxels[slice + at] + 500) / 1800) * 255;
    image.data.set([grey, grey, grey, 255], at * 4);
  }
  context.putImageData(image, 0, 0);
  requestAnimationFrame(() => {
    window.shown = performance.now();
  });
};
worker.postMessage(new URL("volume.nii.gz", location.href).href);
