/** The page of the auction: a card for each lot, which shows it as it stands to the one who looks. */

import { connect } from "./socket.js";

const CATALOGUE = "query { catalogue { id title } }";
const BID = "mutation Bid($lot: ID!, $amount: Int!) { bid(lot: $lot, amount: $amount) }";
const HAMMER = "mutation Hammer($lot: ID!) { hammer(lot: $lot) }";
// A bidder who asked for `bidder` would get null and an error for each.
const lotWith = (bids) => `subscription Lot($id: ID!) { lot(id: $id) { minimum isSold standing bids { ${bids} } } }`;
const STATES = { live: "The auction is on", waiting: "Connection lost. Trying again…", refused: "" };
const STANDINGS = { WATCHING: "", LEADING: "The highest bid is yours", OUTBID: "You have been outbid" };

const $ = (id) => document.getElementById(id);
const euros = new Intl.NumberFormat("en", { style: "currency", currency: "EUR", maximumFractionDigits: 0 });

function enter(name, code) {
  const isAuctioneer = code !== "";
  const url = new URL("graphql", location.href.replace(/^http/, "ws"));
  const server = connect(url, isAuctioneer ? { name, code } : { name }, async (state) => {
    $("state").textContent = STATES[state];
    $("room").inert = state !== "live";
    if (state === "refused") {
      $("refusal").textContent = "You were not let in. Is the code right?";
      $("entrance").hidden = false;
    } else if (state === "live") {
      $("entrance").hidden = true;
      if ($("room").childElementCount > 0) return;
      const { catalogue } = await server.ask(CATALOGUE);
      $("room").replaceChildren(...catalogue.map((entry) => card(server, entry, isAuctioneer)));
    }
  });
}

function card(server, { id, title }, isAuctioneer) {
  const card = $("lot").content.firstElementChild.cloneNode(true);
  const part = (name) => card.querySelector(`.${name}`);
  const say = (problem) => { part("problem").textContent = problem; };
  card.dataset.lot = id;
  part("title").textContent = title;
  part(isAuctioneer ? "bid" : "hammer").remove();

  server.watch(lotWith(isAuctioneer ? "amount bidder" : "amount"), { id }, (data, errors) => {
    if (errors) say(errors.map((error) => error.message).join(" "));
    if (!data) return;
    const { minimum, isSold, standing, bids } = data.lot;
    const last = bids.at(-1);
    card.dataset.standing = standing.toLowerCase();
    card.dataset.sold = isSold;
    part("price").textContent = last ? euros.format(last.amount) : `from ${euros.format(minimum)}`;
    part("standing").textContent = isSold ? (standing === "LEADING" ? "Sold to you" : "Sold") : STANDINGS[standing];
    part("bids").replaceChildren(...bids.slice(-5).reverse().map((bid) => {
      const item = document.createElement("li");
      item.textContent = bid.bidder ? `${euros.format(bid.amount)} by ${bid.bidder}` : euros.format(bid.amount);
      return item;
    }));
    const amount = part("amount");
    if (amount) {
      amount.min = minimum;
      if (amount.value < minimum) amount.value = minimum;
    }
    for (const form of card.querySelectorAll("form")) form.inert = isSold;
  });

  for (const form of card.querySelectorAll("form")) {
    form.onsubmit = async (event) => {
      event.preventDefault();
      say("");
      try {
        if (isAuctioneer) await server.ask(HAMMER, { lot: id });
        else await server.ask(BID, { lot: id, amount: Number(part("amount").value) });
      } catch (error) {
        say(error.message);
      }
    };
  }
  return card;
}

$("entrance").onsubmit = (event) => {
  event.preventDefault();
  $("refusal").textContent = "";
  enter($("name").value, $("code").value);
};
