/** What is not yet on the server, for whoever shows it: the sign-in dialog says how much waits behind it. */
import { createStore } from 'zustand/vanilla'

export const unsent = createStore<{ readonly strokes: number; readonly asked: number }>(() => ({ strokes: 0, asked: 0 }))

export const noteUnsent = (strokes: number): void => unsent.setState({ strokes })

/** Opens the sign-in dialog again after it was put off. */
export const askToSignIn = (): void => unsent.setState(({ asked }) => ({ asked: asked + 1 }))
