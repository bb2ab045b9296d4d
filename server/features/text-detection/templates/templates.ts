import type { Template } from './document.js';
import { readDriverLicenseBack, readDriverLicenseFront } from './driver-license.js';
import { readPassport } from './passport.js';
import { readVehicleRegistrationBack, readVehicleRegistrationFront } from './vehicle-registration.js';

/** Templates of documents, by the name of the model. */
export const templates: ReadonlyMap<string, Template> = new Map<string, Template>([
  ['passport', { read: readPassport, hasVerticalText: true }],
  ['driver-license-front', { read: readDriverLicenseFront }],
  ['driver-license-back', { read: readDriverLicenseBack }],
  ['vehicle-registration-front', { read: readVehicleRegistrationFront }],
  ['vehicle-registration-back', { read: readVehicleRegistrationBack }],
]);

/** The model that returns license plates as words. */
export const licensePlates = 'license-plates';
