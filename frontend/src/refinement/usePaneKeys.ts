import { useCommand } from '../keys/useKeys'
import { maximised, nextLayout, planeAfter, type SpineView } from '../viewer'

const CLOSER = 1.25

/** Keys for panes, slices and zoom; they act on the active pane. */
export function usePaneKeys(view: SpineView): void {
  const now = () => view.state.getState()
  const zoom = (factor: number) => () => {
    const { activePane, sizes } = now()
    view.zoom(activePane, [sizes[activePane].width / 2, sizes[activePane].height / 2], factor)
  }
  useCommand('mask.panes', () => view.setLayout(nextLayout(now(), now().activePane)))
  useCommand('mask.maximise', () => view.setLayout(maximised(now(), now().activePane, now().several)))
  useCommand('mask.nextPane', () => view.setActivePane(planeAfter(now(), now().activePane)))
  useCommand('mask.sliceBefore', () => view.scroll(now().activePane, -1))
  useCommand('mask.sliceAfter', () => view.scroll(now().activePane, 1))
  useCommand('mask.closer', zoom(CLOSER))
  useCommand('mask.farther', zoom(1 / CLOSER))
  useCommand('mask.whole', () => view.fit())
}
