import { keepPreviousData, QueryClient } from '@tanstack/react-query';
import { ApiFailure } from './client.ts';

const RETRIES_MAX = 2;

/** Old data stay on the screen while new ones load or fail. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        placeholderData: keepPreviousData,
        refetchOnWindowFocus: true,
        staleTime: 5000,
        retry: (failures, error) => {
          const isOurMistake = error instanceof ApiFailure && error.status < 500;
          return !isOurMistake && failures < RETRIES_MAX;
        },
      },
    },
  });
}
