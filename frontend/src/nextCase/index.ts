/** From one case to the next: known ahead, fetched ahead, one key. */
export { noteHanded, useHanded } from './handed'
export { HandedOver } from './HandedOver'
export { useNextCase } from './useNextCase'
