import { AuditView } from './audit/audit-view.tsx';
import { BatchView } from './batches/batch-view.tsx';
import { BatchesView } from './batches/batches-view.tsx';
import { DeliveryView } from './delivery/delivery-view.tsx';
import { Later } from './later.tsx';
import { Link, usePlace } from './navigation.tsx';
import { OverviewView } from './overview/overview-view.tsx';
import { Notice } from './parts/notice.tsx';
import { type Route, routeOf } from './route.ts';
import { SeriesListView } from './series-list/series-list-view.tsx';
import { useSession } from './session.tsx';
import { Shell } from './shell.tsx';
import { SignIn } from './sign-in/sign-in-view.tsx';
import { useWayBack } from './sign-in/way-back.ts';

/** The view that the address names, for who is signed in; the way in for everybody else, at the same address. */
export function App() {
  const { session, problem, again } = useSession();
  const { path } = usePlace();
  const route = routeOf(path);
  useWayBack(session?.signedIn != null, route);
  if (session === undefined) {
    return (
      <Shell route={route}>
        {problem === undefined ? <p role="status">Asking the node …</p> : <Notice problem={problem} again={again} />}
      </Shell>
    );
  }
  return <Shell route={route}>{session.signedIn === null ? <SignIn /> : <View route={route} />}</Shell>;
}

function View({ route }: { readonly route: Route }) {
  switch (route.view) {
    case 'series':
      // A series of its own each: nothing of one may be seen under the name of another.
      return <Later key={route.id} load={loadSeriesView} props={{ id: route.id }} />;
    case 'overview':
      return <OverviewView />;
    case 'series-list':
      return <SeriesListView />;
    case 'batches':
      return <BatchesView />;
    case 'batch':
      return <BatchView key={route.id} id={route.id} />;
    case 'delivery':
      return <DeliveryView />;
    case 'audit':
      return <AuditView />;
    case 'sign-in':
      return null;
    case 'nowhere':
      return <Nowhere />;
    default:
      return route satisfies never;
  }
}

/** The medical viewer is large; only who looks at pictures waits for it. */
async function loadSeriesView() {
  return (await import('./series/series-view.tsx')).SeriesView;
}

function Nowhere() {
  return (
    <>
      <h1>There is nothing at this address</h1>
      <p>
        <Link to="/">To the overview</Link>
      </p>
    </>
  );
}
