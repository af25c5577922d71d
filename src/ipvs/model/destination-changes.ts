import { type Destination, type DestinationChanges, type DestinationInput, MAXIMUM } from './destination.ts'

/** Whether changes contain all settings, so that the destination can be set without reading it first. */
export function isCompleteDestination(changes: DestinationChanges): changes is DestinationInput {
  if (typeof changes !== 'object' || changes === null) return false
  const { forwarding, weight, upperThreshold, lowerThreshold, tunnel } = changes
  return (
    forwarding !== undefined &&
    weight !== undefined &&
    upperThreshold !== undefined &&
    lowerThreshold !== undefined &&
    (forwarding !== 'tun' || (tunnel !== undefined && tunnel !== null))
  )
}

/**
 * Fills in omitted settings with values that are valid together with any other, so that the changes can be checked on their
 * own.
 */
export function withPlaceholders(changes: DestinationChanges): DestinationInput {
  return {
    ...changes,
    forwarding: changes.forwarding === undefined ? 'tun' : changes.forwarding,
    upperThreshold: changes.upperThreshold === undefined ? MAXIMUM : changes.upperThreshold,
  } as DestinationInput
}

/** Applies changes to a destination; omitted settings keep their values. */
export function mergeDestination(current: Destination, changes: DestinationChanges): DestinationInput {
  const forwarding = changes.forwarding === undefined ? current.forwarding : changes.forwarding
  const tunnel =
    changes.tunnel === undefined && forwarding === 'tun' ? current.tunnel : (changes.tunnel ?? null)
  return {
    weight: changes.weight ?? current.weight,
    upperThreshold: changes.upperThreshold ?? current.upperThreshold,
    lowerThreshold: changes.lowerThreshold ?? current.lowerThreshold,
    address: current.address,
    port: current.port,
    forwarding,
    tunnel,
  } as DestinationInput
}
