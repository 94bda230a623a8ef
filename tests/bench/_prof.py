import os,sys,uuid,tempfile,cProfile,pstats,time
from pathlib import Path
from tests.databases import SqliteDatabases
folder=Path(tempfile.mkdtemp())
src=SqliteDatabases(folder)
with src.fresh() as url:
    os.environ.update(DATABASE_URL=url,DONTHU_DATA_DIR=str(folder/'var'),SECRET_KEY='x',DONTHU_LOG_LEVEL='ERROR')
    from petitions.app import create_app
    from config.settings import load_settings
    from tests.bench import casework
    from tests.bench.__main__ import registration, token_of
    app=create_app(load_settings())
    with app.app_context():
        filled=casework.fill(2000)
        tok=token_of('lan',filled); tok2=token_of(filled.officers[0],filled)
    c=app.test_client()
    def reg():
        r=c.post('/api/v1/cases',json=registration(),headers={'Authorization':f'Bearer {tok}','Idempotency-Key':uuid.uuid4().hex}); assert r.status_code==201,r.data
    def q():
        r=c.get('/api/v1/cases?mine=true&limit=50',headers={'Authorization':f'Bearer {tok2}'}); assert r.status_code==200
    for f in (reg,q):
        for _ in range(20): f()
        t=time.perf_counter()
        for _ in range(200): f()
        print(f.__name__, (time.perf_counter()-t)/200*1000,'ms')
        pr=cProfile.Profile(); pr.enable()
        for _ in range(200): f()
        pr.disable()
        st=pstats.Stats(pr); st.sort_stats('cumulative').print_stats(int(sys.argv[1]) if len(sys.argv)>1 else 60)
