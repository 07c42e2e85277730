/** Cornerstone volumes over voxels that we hold ourselves. */
import { cache, type Types, utilities, volumeLoader } from '@cornerstonejs/core'
import type { VolumeMeta } from '../api/types'
import { gridOf } from '../bridge'
import { toMm } from '../domain/geometry'

/** Makes a Cornerstone volume whose slices are views of `voxels`: writing there changes the picture. */
export function makeVolume(volumeId: string, meta: VolumeMeta, voxels: Int16Array | Uint8Array): Types.IImageVolume {
  const frameOfReference = `lamina.${meta.id}`
  const plane = {
    BitsAllocated: 16, BitsStored: 16, SamplesPerPixel: 1, HighBit: 15, PhotometricInterpretation: 'MONOCHROME2',
    PixelRepresentation: 1, Modality: 'CT', ImageOrientationPatient: [...meta.direction.slice(0, 6)],
    PixelSpacing: [meta.spacing_mm[1], meta.spacing_mm[0]], FrameOfReferenceUID: frameOfReference,
    Columns: meta.dims[0], Rows: meta.dims[1], voiLut: [], VOILUTFunction: 'LINEAR',
  }
  const volume = volumeLoader.createLocalVolume(volumeId, {
    metadata: plane as unknown as Types.Metadata,
    dimensions: [...meta.dims],
    spacing: [...meta.spacing_mm],
    origin: [...meta.origin_mm],
    direction: [...meta.direction] as unknown as Types.Mat3,
    scalarData: voxels,
  })
  placeSlices(volume, meta, frameOfReference)
  return volume
}

/** Cornerstone gives all slices of a local volume the place of the first; each has its own. */
function placeSlices(volume: Types.IImageVolume, meta: VolumeMeta, frameOfReferenceUID: string): void {
  const grid = gridOf(meta)
  const [rowCosines, columnCosines] = [meta.direction.slice(0, 3), meta.direction.slice(3, 6)]
  volume.imageIds.forEach((imageId, k) => {
    const metadata = {
      frameOfReferenceUID, rows: meta.dims[1], columns: meta.dims[0], rowCosines, columnCosines,
      imageOrientationPatient: [...rowCosines, ...columnCosines], imagePositionPatient: [...toMm(grid, [0, 0, k])],
      pixelSpacing: [meta.spacing_mm[1], meta.spacing_mm[0]], rowPixelSpacing: meta.spacing_mm[1],
      columnPixelSpacing: meta.spacing_mm[0], sliceThickness: meta.spacing_mm[2],
    }
    utilities.genericMetadataProvider.add(imageId, { type: 'imagePlaneModule', metadata })
  })
}

export function dropVolume(volume: Types.IImageVolume): void {
  const { imageIds, volumeId } = volume
  cache.removeVolumeLoadObject(volumeId)
  for (const imageId of imageIds) if (cache.getImageLoadObject(imageId)) cache.removeImageLoadObject(imageId)
}
