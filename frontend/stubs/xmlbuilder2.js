// vtk.js's XML reader asks for xmlbuilder2, which needs Node's `events`; Lamina reads no VTK XML.
export const create = () => { throw new Error('XML reading is not part of Lamina') }
export default { create }
