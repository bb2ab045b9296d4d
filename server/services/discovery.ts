import type { ApiEndpoint } from '../../gen/yandex/cloud/endpoint/api_endpoint.js';
import { ApiEndpointServiceService } from '../../gen/yandex/cloud/endpoint/api_endpoint_service.js';
import { IamTokenServiceService } from '../../gen/yandex/cloud/iam/v1/iam_token_service.js';
import type { Credentials } from '../auth/credentials.js';
import { createValidator } from '../contract/validator.js';
import { VisionError } from '../errors/errors.js';
import { bindMethod, type BoundMethod, type CallContext } from '../pipeline/call.js';
import type { Pipeline } from '../pipeline/run-call.js';

/** Services that SDKs look up. All of them have the address of this server. */
const endpointIds = ['ai-vision', 'endpoint', 'iam'] as const;

/** The methods that SDKs use to find services and get tokens. They need no authentication. */
export function createDiscoveryMethods(
  { exchange }: Credentials,
  pipeline: Pipeline,
  /** `host:port` to return. Defaults to the address that the client called. */
  advertised: string | undefined,
): BoundMethod[] {
  const endpoint = (id: string, { host }: CallContext): ApiEndpoint => ({ id, address: advertised ?? host ?? '' });
  return [
    bindMethod(
      ApiEndpointServiceService.get,
      {
        folder: 'public',
        validate: createValidator('yandex.cloud.endpoint.GetApiEndpointRequest'),
        async handle({ apiEndpointId }, context) {
          const id = endpointIds.find((each) => each === apiEndpointId);
          if (id === undefined) {
            throw VisionError.of('ENDPOINT_UNKNOWN', { id: apiEndpointId, known: endpointIds.join(', ') });
          }
          return endpoint(id, context);
        },
      },
      pipeline,
    ),
    bindMethod(
      ApiEndpointServiceService.list,
      {
        folder: 'public',
        validate: createValidator('yandex.cloud.endpoint.ListApiEndpointsRequest'),
        handle: async (_request, context) => ({
          endpoints: endpointIds.map((id) => endpoint(id, context)),
          nextPageToken: '',
        }),
      },
      pipeline,
    ),
    bindMethod(
      IamTokenServiceService.create,
      {
        folder: 'public',
        validate: createValidator('yandex.cloud.iam.v1.CreateIamTokenRequest'),
        async handle({ identity }) {
          const kind = identity?.$case === 'jwt' ? 'jwt' : 'secret';
          const { token, expiresAt } = await exchange({ kind, text: identity?.value ?? '' });
          return { iamToken: token, expiresAt };
        },
      },
      pipeline,
    ),
  ];
}
