package dev.perihelion.search.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.space.Spaces;
import java.util.List;
import org.junit.jupiter.api.Test;

class PortfolioSearchTest extends StrategyContract {

    @Override
    protected SearchStrategy create(SearchSpace space, long seed) {
        return new PortfolioSearch(space, seed, StrategyInputs.NONE);
    }

    @Test
    void handsOverToAStrategyThatKnowsTheSeedsResults() {
        SearchSpace space = Spaces.everyKind();
        List<Configuration> seeds = space.neighbours(space.defaultConfiguration());
        SearchStrategy strategy = new PortfolioSearch(space, 1, new StrategyInputs(seeds, CostModel.NONE));
        Session session = new Session(strategy).run(seeds.size() + 3, Landscapes::bowl);

        assertThat(session.told().subList(0, seeds.size()))
                .allMatch(trial -> trial.origin().equals("portfolio:seed"));
        assertThat(session.told().subList(seeds.size(), seeds.size() + 3))
                .allMatch(trial -> trial.origin().equals("portfolio:pattern:opening"));
        assertThat(strategy.ask(1, List.of()).get(0).origin()).isEqualTo("portfolio:pattern:neighbour");
    }
}
