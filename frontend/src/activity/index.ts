/** Active time: counted here, shown to the person it is of. */
export { ActiveTime } from './ActiveTime'
export { useActiveTime, useActivity } from './useActiveTime'
