/** Draws the surfaces with WebGL 2, and tells which vertebra lies under a pixel. */
import type { Vec3 } from '../../domain/geometry'
import type { Mesh } from './mesh'
import { axesOf, type Turn } from './turn'

const VERTEX = `#version 300 es
layout(location = 0) in vec3 place;
layout(location = 1) in vec3 normal;
uniform vec3 middle, right, up, towards;
uniform vec3 scale;
out vec3 facing;
void main() {
  vec3 p = place - middle;
  facing = vec3(dot(normal, right), dot(normal, up), dot(normal, towards));
  gl_Position = vec4(vec3(dot(p, right), dot(p, up), -dot(p, towards)) * scale, 1.0);
}`
const FRAGMENT = `#version 300 es
precision highp float;
in vec3 facing;
uniform vec3 colour;
uniform float plain;
out vec4 shown;
void main() {
  vec3 n = normalize(facing);
  float light = 0.28 + 0.62 * max(0.0, dot(n, normalize(vec3(-0.35, 0.45, 0.85)))) + 0.12 * max(0.0, n.z);
  float rim = 0.25 * pow(1.0 - max(0.0, n.z), 3.0);
  shown = vec4(mix(colour * light + rim * colour, colour, plain), 1.0);
}`

interface Drawn {
  readonly vertices: WebGLVertexArrayObject
  readonly buffers: readonly WebGLBuffer[]
  readonly count: number
  readonly low: Vec3
  readonly high: Vec3
}

export interface Scene {
  readonly turn: Turn
  /** Red, green, blue from 0 to 1. */
  readonly colourOf: (number: number) => readonly [number, number, number]
}

const MARGIN = 1.06

export class Painter {
  private readonly gl: WebGL2RenderingContext
  private readonly program: WebGLProgram
  private readonly meshes = new Map<number, Drawn>()

  /** @throws Error where the browser has no WebGL 2. */
  constructor(private readonly canvas: HTMLCanvasElement) {
    const gl = canvas.getContext('webgl2', { antialias: true, alpha: false })
    if (!gl) throw new Error('This browser draws no surfaces: it has no WebGL 2.')
    this.gl = gl
    this.program = programOf(gl)
    gl.enable(gl.DEPTH_TEST)
    gl.enable(gl.CULL_FACE)
    gl.clearColor(0, 0, 0, 1)
  }

  get numbers(): number[] {
    return [...this.meshes.keys()]
  }

  set(mesh: Mesh): void {
    this.drop(mesh.number)
    const { gl } = this
    const vertices = gl.createVertexArray()
    const [points, corners] = [gl.createBuffer(), gl.createBuffer()]
    gl.bindVertexArray(vertices)
    gl.bindBuffer(gl.ARRAY_BUFFER, points)
    gl.bufferData(gl.ARRAY_BUFFER, mesh.vertices, gl.STATIC_DRAW)
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, corners)
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, mesh.triangles, gl.STATIC_DRAW)
    for (const place of [0, 1]) {
      gl.enableVertexAttribArray(place)
      gl.vertexAttribPointer(place, 3, gl.FLOAT, false, 24, 12 * place)
    }
    gl.bindVertexArray(null)
    this.meshes.set(mesh.number, { vertices, buffers: [points, corners], count: mesh.triangles.length, ...boundsOf(mesh) })
  }

  drop(number: number): void {
    const drawn = this.meshes.get(number)
    if (!drawn) return
    this.gl.deleteVertexArray(drawn.vertices)
    for (const buffer of drawn.buffers) this.gl.deleteBuffer(buffer)
    this.meshes.delete(number)
  }

  draw({ turn, colourOf }: Scene): void {
    this.render(turn, (number) => ({ colour: colourOf(number), plain: 0 }))
  }

  /** The vertebra under a pixel of the canvas (from its upper left, in CSS pixels), 0 for none. */
  pick(scene: Scene, x: number, y: number): number {
    const { gl, canvas } = this
    this.render(scene.turn, (number) => ({ colour: [number / 255, 0, 0], plain: 1 }))
    const found = new Uint8Array(4)
    const perPixel = canvas.width / Math.max(canvas.clientWidth, 1)
    gl.readPixels(Math.floor(x * perPixel), canvas.height - 1 - Math.floor(y * perPixel), 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, found)
    this.draw(scene)
    const number = found[0] as number
    return this.meshes.has(number) ? number : 0
  }

  close(): void {
    for (const number of this.numbers) this.drop(number)
    this.gl.getExtension('WEBGL_lose_context')?.loseContext()
  }

  private render(turn: Turn, look: (number: number) => { colour: readonly [number, number, number]; plain: number }): void {
    const { gl, program, canvas } = this
    gl.viewport(0, 0, canvas.width, canvas.height)
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT)
    if (this.meshes.size === 0) return
    const { middle, reach } = this.extent()
    const axes = axesOf(turn)
    const high = turn.zoom / (reach * MARGIN)
    const at = (name: string) => gl.getUniformLocation(program, name)
    gl.useProgram(program)
    gl.uniform3fv(at('middle'), middle)
    gl.uniform3fv(at('right'), axes.right)
    gl.uniform3fv(at('up'), axes.up)
    gl.uniform3fv(at('towards'), axes.towards)
    gl.uniform3fv(at('scale'), [(high * canvas.height) / Math.max(canvas.width, 1), high, 0.5 / reach])
    for (const [number, drawn] of this.meshes) {
      const { colour, plain } = look(number)
      gl.uniform3fv(at('colour'), colour)
      gl.uniform1f(at('plain'), plain)
      gl.bindVertexArray(drawn.vertices)
      gl.drawElements(gl.TRIANGLES, drawn.count, gl.UNSIGNED_INT, 0)
    }
    gl.bindVertexArray(null)
  }

  /** Middle of all surfaces and half the diagonal of their box, in millimetres. */
  private extent(): { middle: Vec3; reach: number } {
    const low = [0, 1, 2].map((axis) => Math.min(...[...this.meshes.values()].map((one) => one.low[axis] as number)))
    const high = [0, 1, 2].map((axis) => Math.max(...[...this.meshes.values()].map((one) => one.high[axis] as number)))
    const span = low.map((value, axis) => (high[axis] as number) - value) as [number, number, number]
    return { middle: low.map((value, axis) => value + (span[axis] as number) / 2) as unknown as Vec3, reach: Math.hypot(...span) / 2 }
  }
}

function boundsOf({ vertices }: Mesh): { low: Vec3; high: Vec3 } {
  const low = [Infinity, Infinity, Infinity]
  const high = [-Infinity, -Infinity, -Infinity]
  for (let at = 0; at < vertices.length; at += 6)
    for (let axis = 0; axis < 3; axis++) {
      low[axis] = Math.min(low[axis] as number, vertices[at + axis] as number)
      high[axis] = Math.max(high[axis] as number, vertices[at + axis] as number)
    }
  return { low: low as unknown as Vec3, high: high as unknown as Vec3 }
}

function programOf(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram()
  for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]] as const) {
    const shader = gl.createShader(kind) as WebGLShader
    gl.shaderSource(shader, source)
    gl.compileShader(shader)
    gl.attachShader(program, shader)
  }
  gl.linkProgram(program)
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program) ?? 'The surface program does not link.')
  return program
}
