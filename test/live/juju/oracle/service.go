package main

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-macaroon-bakery/macaroon-bakery/v3/bakery"
	"github.com/go-macaroon-bakery/macaroon-bakery/v3/bakery/checkers"
	"github.com/go-macaroon-bakery/macaroon-bakery/v3/httpbakery"
)

var operation = bakery.Op{Entity: "thing", Action: "read"}

// service answers at /thing to who has a macaroon with the discharges that the query names:
// /thing?of=ok,denied&version=2&for=1h
type service struct {
	base   string
	bakery *bakery.Bakery
}

func newService(base string, locator bakery.ThirdPartyLocator) *service {
	return &service{
		base: base,
		bakery: bakery.New(bakery.BakeryParams{
			Location:         base,
			Locator:          locator,
			Key:              newKey(),
			LegacyMacaroonOp: operation,
		}),
	}
}

func (s *service) serve(mux *http.ServeMux) {
	mux.HandleFunc("/thing", s.thing)
	mux.HandleFunc("/deep/er/thing", s.thing)
}

func (s *service) thing(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	slices := httpbakery.RequestMacaroons(r)
	info, err := s.bakery.Checker.Auth(slices...).Allow(ctx, operation)
	if err == nil {
		writeJSON(w, map[string]interface{}{"hello": "world", "conditions": info.Conditions(), "slices": len(slices)})
		return
	}
	version := httpbakery.RequestVersion(r)
	if text := r.FormValue("version"); text != "" {
		number, _ := strconv.Atoi(text)
		version = bakery.Version(number)
	}
	var caveats []checkers.Caveat
	for _, condition := range strings.Split(r.FormValue("of"), ",") {
		caveats = append(caveats, checkers.Caveat{Location: s.base + "/first", Condition: condition})
	}
	if life, err := time.ParseDuration(r.FormValue("for")); err == nil {
		caveats = append(caveats, checkers.TimeBeforeCaveat(time.Now().Add(life)))
	}
	macaroon, err := s.bakery.Oven.NewMacaroon(ctx, version, caveats, operation)
	if err != nil {
		httpbakery.WriteError(ctx, w, err)
		return
	}
	httpbakery.WriteError(ctx, w, httpbakery.NewDischargeRequiredError(httpbakery.DischargeRequiredErrorParams{
		Macaroon: macaroon,
		Request:  r,
	}))
}
