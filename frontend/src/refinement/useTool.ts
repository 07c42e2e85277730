import { useEffect, useRef, useState } from 'react'
import type { SpineView, ToolInHand } from '../viewer'

/** Takes the tool out of the hand while another mask is on screen, and gives it back afterwards. */
export function useLookOnly(view: SpineView, isLooking: boolean): void {
  const tool = useRef<ToolInHand | null>(null)
  useEffect(() => {
    if (isLooking) {
      tool.current = view.state.getState().tool
      view.state.setState({ tool: 'look' })
    } else if (tool.current) {
      view.state.setState({ tool: tool.current })
      tool.current = null
    }
  }, [view, isLooking])
}

/** The brush is in hand as soon as one may paint, and never otherwise. */
export function useToolWith(view: SpineView, mayPaint: boolean): void {
  const [was, setWas] = useState(false)
  if (was === mayPaint) return
  setWas(mayPaint)
  view.state.setState({ tool: mayPaint ? 'brush' : 'look' })
}
